// One stop of the Tab key for rows of controls; arrow keys walk them.
//
//   const roving = new Roving(list, { rows: () => [[colour, phrase, lock], ...], main: 1, leave });
//   roving.refresh(0);                  // after rows have come or gone; 0: the row that Tab should reach
//
// Up and down go to the same control of the next row, left and right along the row; in a text field
// only from its ends, in a field for a number only left and right. Escape leaves.

/** @typedef {object} Walk
 * @property {() => HTMLElement[][]} rows those of a hidden part are passed over
 * @property {number} [main] which control of a row Tab reaches; 0 if left out
 * @property {() => void} leave what Escape does */

export class Roving {
  #walk;
  /** @type {HTMLElement | null} */
  #current = null;

  /** @param {HTMLElement} target around all rows @param {Walk} walk */
  constructor(target, walk) {
    this.#walk = walk;
    target.addEventListener("keydown", (event) => this.#key(event));
    target.addEventListener("focusin", (event) => this.#stop(/** @type {HTMLElement} */ (event.target)));
  }

  /** @param {number} [row] the one that Tab reaches, unless the focus is in another */
  refresh(row) {
    const rows = this.#walk.rows();
    const all = rows.flat();
    const focused = all.find((control) => control === document.activeElement);
    const wanted = row === undefined ? undefined : this.#mainOf(rows[row]);
    const kept = all.find((control) => control === this.#current);
    this.#stop(focused ?? wanted ?? kept ?? this.#mainOf(rows[0]));
  }

  /** Tab stops there. @param {HTMLElement | undefined} control */
  #stop(control) {
    const all = this.#walk.rows().flat();
    if (control && !all.includes(control)) return;
    this.#current = control ?? null;
    for (const each of all) each.tabIndex = each === control ? 0 : -1;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.key === "Escape") {
      event.preventDefault();
      this.#walk.leave();
      return;
    }
    const control = /** @type {HTMLElement} */ (event.target);
    const rows = this.#walk.rows();
    const row = rows.findIndex((controls) => controls.includes(control));
    const column = rows[row]?.indexOf(control) ?? -1;
    const step = column < 0 ? null : stepOf(event.key, control);
    if (!step) return;
    event.preventDefault();
    if (step.down) this.#go(rows[row + step.down], column);
    else shown(rows[row] ?? [], column, step.right)?.focus();
  }

  /** @param {HTMLElement[] | undefined} row @param {number} column */
  #go(row, column) {
    if (!row) return;
    this.#mainOf(row)?.focus(); // which may show more of the row
    row[column]?.focus();
  }

  /** @param {HTMLElement[] | undefined} row */
  #mainOf(row) {
    return row?.[this.#walk.main ?? 0] ?? row?.[0];
  }
}

/** The next control of a row that is shown. @param {HTMLElement[]} row @param {number} from
 * @param {number} step */
function shown(row, from, step) {
  for (let at = from + step; at >= 0 && at < row.length; at += step) {
    if (row[at]?.checkVisibility()) return row[at];
  }
  return undefined;
}

/** Control to which an arrow key leads. @param {string} key @param {HTMLElement} control
 * @returns {{down: number, right: number} | null} null: the key is the control's own */
function stepOf(key, control) {
  const down = { ArrowDown: 1, ArrowUp: -1 }[key] ?? 0;
  const right = { ArrowRight: 1, ArrowLeft: -1 }[key] ?? 0;
  if (!down && !right) return null;
  if (!(control instanceof HTMLInputElement)) return { down, right };
  if (control.type === "range" || control.type === "number") return right ? { down, right } : null;
  if (control.type !== "text" || down) return { down, right };
  const { selectionStart: start, selectionEnd: end, value } = control;
  return start === end && end === (right > 0 ? value.length : 0) ? { down, right } : null;
}
