// The pack's entry in the browser, and the only file of it that acts when imported: the host
// imports every .js under web/.

import { boxes } from "./boxes/widget.js";
import { gate } from "./gate/widget.js";
import { registerPack } from "./host.js";
import { poses } from "./poses/widget.js";

registerPack([boxes, poses, gate]);
