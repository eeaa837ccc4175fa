import { innerCellCatalog } from './innerCells.ts';
import { loopCatalog } from './loops.ts';
import { nameCatalog } from './names.ts';
import { overCatalog } from './over.ts';
import { shapeCatalog } from './shapes.ts';
import { startCatalog } from './starts.ts';

/** What `check` has to say: RNN2xx names and shapes, RNN3xx imports and cells in cells. */
export const cellCatalog = {
  ...nameCatalog,
  ...shapeCatalog,
  ...startCatalog,
  ...innerCellCatalog,
  ...loopCatalog,
  ...overCatalog,
};
