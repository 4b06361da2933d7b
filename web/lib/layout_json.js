// Reader and writer of layout JSON, version 1: lenient about fields it does not know (they are kept), strict
// about broken ones: a LayoutError says which entity or pose, what was got, what is expected.
// gligen_core/layout reads the same; both are held to tests/fixtures/layouts.
//
//   const layout = parseLayout(text);            // throws LayoutError
//   const text = dumpLayout(layout);             // one entity per line: readable, diffable

import { DEFAULT_SIDE_PX, JOINT_COUNT, MAX_SIDE_PX, claimId } from "./layout.js";

/** @typedef {import("./layout.js").Layout} Layout @typedef {import("./layout.js").Entity} Entity
 * @typedef {import("./layout.js").Pose} Pose @typedef {import("./layout.js").Joint} Joint
 * @typedef {import("./types.js").Box} Box @typedef {Record<string, unknown>} Fields */

export const VERSION = 1;

export class LayoutError extends Error {}

/** @param {string} text @param {{drafts?: boolean}} [options] drafts: entities without a phrase are
 * let through, as an editor holds them until they are named @returns {Layout} */
export function parseLayout(text, { drafts = false } = {}) {
  /** @type {unknown} */
  let value;
  try {
    value = JSON.parse(text);
  } catch (mistake) {
    throw new LayoutError(`not JSON: ${mistake instanceof Error ? mistake.message : mistake}`);
  }
  return readLayout(value, drafts);
}

/** @param {unknown} value of JSON.parse @param {boolean} drafts @returns {Layout} */
export function readLayout(value, drafts = false) {
  if (Array.isArray(value)) {
    throw new LayoutError(
      `a list of ${value.length} values; expected one layout, an object {"version": 1, "entities": [...]}.`,
    );
  }
  const fields = readObject(value, "layout");
  const { version = VERSION, width, height, entities, poses, ...extra } = fields;
  if (version !== VERSION) {
    throw new LayoutError(`'version' is ${shown(version)}; this pack reads version ${VERSION}.`);
  }
  if (entities === undefined && poses === undefined) {
    throw new LayoutError("'entities' is missing; expected a list, [] for none.");
  }
  return {
    width: readSide(width, "width"),
    height: readSide(height, "height"),
    entities: readItems(entities, "entities", "entity", "e", (item, where, id) =>
      readEntity(item, where, id, drafts),
    ),
    poses: readItems(poses, "poses", "pose", "p", readPose),
    extra,
  };
}

/** @param {Layout} layout @returns {string} */
export function dumpLayout(layout) {
  const { width, height, entities, poses, extra } = layout;
  const lines = [
    `"version": ${VERSION}`,
    `"width": ${width}`,
    `"height": ${height}`,
    `"entities": ${dumpList(entities.map(entityFields))}`,
    `"poses": ${dumpList(poses.map(poseFields))}`,
    ...Object.entries(extra).map(([name, value]) => `${JSON.stringify(name)}: ${spaced(value)}`),
  ];
  return `{\n  ${lines.join(",\n  ")}\n}`;
}

/** What JSON has of an entity. @param {Entity} entity @returns {Fields} */
export function entityFields({ extra, colour, locked, hidden, ...fields }) {
  return {
    ...fields,
    ...(colour && { colour }),
    ...(locked && { locked }),
    ...(hidden && { hidden }),
    ...extra,
  };
}

/** @param {Pose} pose @returns {Fields} */
export function poseFields({ extra, ...fields }) {
  return { ...fields, ...extra };
}

/** @param {Fields[]} items */
function dumpList(items) {
  return items.length ? `[\n    ${items.map(spaced).join(",\n    ")}\n  ]` : "[]";
}

/** One line of JSON with a blank after commas and colons. @param {unknown} value @returns {string} */
function spaced(value) {
  if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}: ${spaced(member)}`).join(", ")}}`;
}

/** @template T
 * @param {unknown} value @param {string} field @param {string} kind @param {string} prefix
 * @param {(item: unknown, where: string, id: string) => T} read @returns {T[]} */
function readItems(value, field, kind, prefix, read) {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new LayoutError(`'${field}' is ${shown(value)}; expected a list.`);
  const named = value.map((item, index) => ({ item, where: nameOf(kind, index, item) }));
  const ids = readIds(named, prefix);
  return named.map(({ item, where }, index) => read(item, where, ids[index] ?? ""));
}

/** One id each: their own, else prefix and position. @param {{item: unknown, where: string}[]} named
 * @param {string} prefix @returns {string[]} */
function readIds(named, prefix) {
  /** @type {Map<string, string>} */
  const owners = new Map();
  const own = named.map(({ item, where }) => {
    const id = isObject(item) ? (item["id"] ?? null) : null;
    if (id === null) return null;
    if (typeof id !== "string" || !id) {
      throw new LayoutError(`${where}: 'id' is ${shown(id)}; expected text, or no id at all.`);
    }
    const owner = owners.get(id);
    if (owner) {
      throw new LayoutError(
        `${owner} and ${where} share the id '${id}'; every id must be its own. Rename one, or leave the id out.`,
      );
    }
    owners.set(id, where);
    return id;
  });
  const taken = new Set(owners.keys());
  return own.map((id, index) => id ?? claimId(`${prefix}${index + 1}`, prefix, taken));
}

/** @param {unknown} item @param {string} where @param {string} id @param {boolean} draft
 * @returns {Entity} */
function readEntity(item, where, id, draft) {
  const { id: _, text = "", box, strength = 1, image = null, ...rest } = readObject(item, where);
  if (typeof text !== "string") {
    throw new LayoutError(`${where}: 'text' is ${shown(text)}; expected a phrase in quotes.`);
  }
  const row = readImage(image, where);
  if (row === null && !text.trim() && !draft) {
    throw new LayoutError(
      `${where}: 'text' is empty. Name what goes there, or give it a reference image.`,
    );
  }
  if (!isNumber(strength) || strength < 0) {
    throw new LayoutError(
      `${where}: 'strength' is ${shown(strength)}; expected a number from 0, usually 0 to 1.`,
    );
  }
  for (const field of ["use_text", "use_image"]) readShare(rest[field] ?? 1, field, where);
  const { colour, locked, hidden, ...extra } = rest;
  return {
    id,
    text,
    box: readBox(box, where),
    strength,
    image: row,
    // Not of the format: what is no use to the editor is kept like any unknown field.
    ...own("colour", colour, typeof colour === "string" && /^#[0-9a-f]{6}$/i.test(colour), extra),
    ...own("locked", locked, locked === true, extra),
    ...own("hidden", hidden, hidden === true, extra),
    extra,
  };
}

/** @param {string} name @param {unknown} value @param {boolean} usable @param {Fields} extra
 * @returns {Fields} */
function own(name, value, usable, extra) {
  if (usable) return { [name]: value };
  if (value !== undefined) extra[name] = value;
  return {};
}

/** @param {unknown} value @param {string} where @returns {Box} */
function readBox(value, where) {
  if (value === undefined) throw new LayoutError(`${where}: 'box' is missing; expected [x0, y0, x1, y1].`);
  if (!Array.isArray(value) || value.length !== 4 || !value.every(isNumber)) {
    throw new LayoutError(
      `${where}: 'box' is ${shown(value)}; expected four finite numbers [x0, y0, x1, y1], fractions of the canvas.`,
    );
  }
  const [x0, y0, x1, y1] = /** @type {[number, number, number, number]} */ (value);
  if (!(x0 < x1)) throw new LayoutError(`${where}: box: expected x0 < x1, got ${x0} and ${x1}.`);
  if (!(y0 < y1)) throw new LayoutError(`${where}: box: expected y0 < y1, got ${y0} and ${y1}.`);
  if (x0 >= 1 || y0 >= 1 || x1 <= 0 || y1 <= 0) {
    throw new LayoutError(
      `${where}: box [${value.join(", ")}] lies wholly outside the canvas, which is 0..1. ` +
        "Are these pixels? Divide x by the width and y by the height.",
    );
  }
  return [Math.max(x0, 0), Math.max(y0, 0), Math.min(x1, 1), Math.min(y1, 1)];
}

/** @param {unknown} value @param {string} where */
function readImage(value, where) {
  if (value === null) return null;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
  throw new LayoutError(
    `${where}: 'image' is ${shown(value)}; expected null or the number of a reference image, counted from 0.`,
  );
}

/** @param {unknown} value @param {string} field @param {string} where */
function readShare(value, field, where) {
  if (typeof value === "boolean" || (isNumber(value) && value >= 0 && value <= 1)) return;
  throw new LayoutError(
    `${where}: '${field}' is ${shown(value)}; expected true, false or a number 0..1.`,
  );
}

/** @param {unknown} value @param {string} field */
function readSide(value, field) {
  if (value === undefined) return DEFAULT_SIDE_PX;
  if (isNumber(value) && Number.isInteger(value) && value >= 1 && value <= MAX_SIDE_PX) return value;
  throw new LayoutError(
    `'${field}' is ${shown(value)}; expected whole pixels, 1 to ${MAX_SIDE_PX}.`,
  );
}

/** @param {unknown} item @param {string} where @param {string} id @returns {Pose} */
function readPose(item, where, id) {
  const { id: _, joints, ...extra } = readObject(item, where);
  if (!Array.isArray(joints) || joints.length !== JOINT_COUNT) {
    const found = Array.isArray(joints) ? `${joints.length} joints` : shown(joints);
    throw new LayoutError(
      `${where}: 'joints' is ${found}; expected ${JOINT_COUNT} of [x, y, visible] in COCO's order, [0, 0, 0] for a missing one.`,
    );
  }
  return { id, joints: joints.map((joint, number) => readJoint(joint, number, where)), extra };
}

/** @param {unknown} value @param {number} number @param {string} where @returns {Joint} */
function readJoint(value, number, where) {
  if (!Array.isArray(value) || value.length !== 3 || !value.every(isNumber)) {
    throw new LayoutError(
      `${where}: joint ${number} is ${shown(value)}; expected [x, y, visible], three finite numbers.`,
    );
  }
  return /** @type {[number, number, number]} */ ([...value]);
}

/** @param {unknown} value @param {string} where @returns {Fields} */
function readObject(value, where) {
  if (isObject(value)) return value;
  throw new LayoutError(`${where}: ${shown(value)} is not an object; expected {...}.`);
}

/** @param {unknown} value @returns {value is Fields} */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param {unknown} value @returns {value is number} */
function isNumber(value) {
  return typeof value === "number" && Number.isFinite(value);
}

/** @param {string} kind @param {number} index @param {unknown} item */
function nameOf(kind, index, item) {
  const text = isObject(item) ? item["text"] || item["id"] : null;
  return `${kind} ${index + 1}${typeof text === "string" && text ? ` ('${text}')` : ""}`;
}

/** A wrong value, shortened. @param {unknown} value */
function shown(value) {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
