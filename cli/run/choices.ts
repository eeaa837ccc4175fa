/*
 * What some options can be. Apart from what they stand for, so that the command line starts without it.
 */

export const optimiserNames = ['adam', 'adamw', 'sgd', 'nesterov', 'rmsprop', 'adagrad'] as const;
export type OptimiserName = (typeof optimiserNames)[number];

export const scheduleNames = ['constant', 'step', 'cosine'] as const;
export type ScheduleName = (typeof scheduleNames)[number];
