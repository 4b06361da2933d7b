// The only file that touches the host's app. Editors get a NodeHost and know nothing else of it.
//
//   registerPack([boxes, poses, gate]);       // gligen.js, once
//
// An EditorKind says which inputs it edits: those whose schema has extra_dict={"widgetType": TYPE}.
// The input stays what it is (a STRING with a socket); the editor's text is its value, in
// `widgets_values` and in the API prompt, in the classic renderer and in Nodes 2.0 alike.

import { app } from "../../scripts/app.js";
import { api } from "../../scripts/api.js";
import { bringExamples, examplesOf } from "./examples.js";
import { openFaces, refreshFaces } from "./faces.js";
import { hostMessages, keepTexts, textsOf } from "./language.js";
import { referencesOf } from "./lib/references.js";
import { Runs } from "./lib/runs.js";
import { Sockets } from "./lib/sockets.js";
import { setStrings, t } from "./lib/strings.js";
import { onThemeChange } from "./lib/theme.js";

/** @typedef {object} Editor what `create` hands back
 * @property {HTMLElement} element
 * @property {() => string} getValue
 * @property {(text: string) => void} setValue
 * @property {() => void} destroy */

/** @typedef {object} Command
 * @property {string} id @property {string} label in English
 * @property {() => void} run on the editor that had the focus last
 * @property {{key: string, ctrl?: boolean, shift?: boolean, alt?: boolean}} [keys] */

/** @typedef {object} EditorKind
 * @property {string} widgetType as in the node's schema
 * @property {{width: number, height: number}} minSize of the node's widget, in graph units
 * @property {(host: NodeHost, initial: string, options: Record<string, unknown>) => Editor} create
 *   options: of the input, as its schema has them
 * @property {string} stylesheet URL of its CSS
 * @property {Command[]} [commands] translated in locales/<lang>/commands.json
 * @property {Setting[]} [settings] translated in locales/<lang>/settings.json */

/** @typedef {object} Setting
 * @property {string} id GLIGEN.<group>.<name> @property {string} name in English
 * @property {"boolean" | "number" | "slider" | "text" | "combo"} type
 * @property {unknown} defaultValue
 * @property {Record<string, unknown>} [attrs] @property {string[]} [options] */

const REPOSITORY = "https://github.com/gligen-grounding/gligen-grounding";

const QUEUEING_POLL_MS = 50;
const HISTORY_POLL_MS = 100;
const HISTORY_TRIES = 50;

const runs = new Runs();
const sockets = new Sockets();
/** Who wants to know that a run has shown a picture. @type {Set<() => void>} */
const onlookers = new Set();

/** The editors there are. @type {Set<{node: HostNode, name: string, element: HTMLElement}>} */
const shown = new Set();

const PLACE_TRIES = 20;
const PLACE_WAIT_MS = 100;

/** Of the editors of nodes: their node, and their input's options.
 * @type {WeakMap<Element, {node: HostNode, options: Record<string, unknown>}>} */
const specs = new WeakMap();

/** Where an editor stood that has gone, by node and input. @type {Map<string, Element>} */
const places = new Map();

/** @param {EditorKind[]} kinds */
export function registerPack(kinds) {
  const commands = kinds.flatMap((kind) => kind.commands ?? []);
  const settings = kinds.flatMap((kind) => kind.settings ?? []);
  addStylesheet(new URL("./lib/editor.css", import.meta.url).href);
  for (const { stylesheet } of kinds) addStylesheet(stylesheet);
  api.addEventListener("execution_success", ({ detail }) => void rememberRun(detail.prompt_id));
  app.registerExtension({
    name: "GLIGEN.Grounding",
    init: loadStrings,
    addCustomNodeDefs: (/** @type {Parameters<Sockets["learn"]>[0]} */ definitions) => sockets.learn(definitions),
    setup: () => {
      sockets.paint(app.canvas);
      onThemeChange(() => sockets.paint(app.canvas));
    },
    beforeConfigureGraph: bringPictures,
    nodeCreated: (/** @type {HostNode} */ node) => openFaces(node, faceMaker(kinds)),
    afterConfigureGraph: () => {
      refreshFaces();
      void fillPlaces();
    },
    getCustomWidgets: () => Object.fromEntries(kinds.map((kind) => [kind.widgetType, maker(kind)])),
    settings: settings.map(describeSetting),
    commands: commands.map(({ id, label, run }) => ({ id, label, function: run })),
    keybindings: commands.flatMap(({ id, keys }) => (keys ? [{ commandId: id, combo: keys }] : [])),
    menuCommands: [{ path: ["GLIGEN"], commands: commands.map(({ id }) => id) }],
    aboutPageBadges: [{ label: "GLIGEN Grounding", url: REPOSITORY, icon: "pi pi-github" }],
  });
}

/** The value of one of the host's settings, or of ours. @template T
 * @param {string} id @param {T} fallback @returns {T} */
export function setting(id, fallback) {
  const value = app.extensionManager.setting.get(id);
  return typeof value === typeof fallback ? /** @type {T} */ (value) : fallback;
}

/** @param {string} id @param {unknown} value */
export function setSetting(id, value) {
  return app.extensionManager.setting.set(id, value);
}

/** @param {"success" | "info" | "warn" | "error"} severity @param {string} text */
export function toast(severity, text) {
  app.extensionManager.toast.add({ severity, summary: "GLIGEN", detail: text, life: 5000 });
}

/** What an editor may know of its node and ask of the host. */
export class NodeHost {
  #node;
  /** @type {(() => void)[]} */
  #endings = [];

  /** @param {HostNode} node */
  constructor(node) {
    this.#node = node;
  }

  /** The value has changed: the host saves it, and counts a step of its own undo. */
  changed() {
    const tracker = app.extensionManager.workflow.activeWorkflow?.changeTracker;
    if (tracker?.captureCanvasState) tracker.captureCanvasState();
    else tracker?.checkState?.(); // pages before 1.43
  }

  get isSelected() {
    return app.canvas.selectedItems.has(this.#node);
  }

  /** Whether something is wired into that input. @param {string} input */
  isWired(input) {
    return this.#linkOf(input) !== null;
  }

  /** The picture that the wired node shows or loads, as far as the browser knows it.
   * @param {string} input @returns {string | null} URL */
  wiredPicture(input) {
    const source = this.#sourceOf(input);
    if (source?.imgs?.[0]) return source.imgs[0].src;
    const file = source?.widgets?.find(({ name }) => name === "image")?.value;
    return typeof file === "string" ? inputPictureUrl(file) : null;
  }

  /** @param {() => void} listener called when wires come or go */
  onWires(listener) {
    const before = this.#node.onConnectionsChange;
    this.#node.onConnectionsChange = function (...details) {
      before?.apply(this, details);
      listener();
    };
  }

  /** @param {(output: Record<string, unknown>) => void} listener gets what the node sent as `ui` */
  onExecuted(listener) {
    const before = this.#node.onExecuted;
    this.#node.onExecuted = function (output) {
      before?.call(this, output);
      listener(output);
    };
  }

  /** @param {(messages: string[]) => void} listener what the server found wrong with this node when
   * a prompt was queued or run; [] when nothing is */
  onErrors(listener) {
    const tell = () => listener(this.#errors());
    // Pages of today send the one event only for what was queued, those of old only that one.
    this.#listen("promptQueued", tell);
    this.#listen("promptQueueing", () => void queueingEnd().then(tell));
    this.#listen("execution_error", ({ detail }) => {
      if (this.#isMine(detail.node_id)) listener([detail.exception_message]);
    });
  }

  /** The last picture of this workflow that descends from this node. @returns {string | null} URL */
  get lastPicture() {
    const picture = runs.pictureOf(workflowOf(this.#node), this.#node.id);
    return picture && pictureUrl(picture);
  }

  /** @param {() => void} listener called when a run has ended */
  onRun(listener) {
    onlookers.add(listener);
    this.#endings.push(() => onlookers.delete(listener));
  }

  /** The reference pictures of this node's layout. @returns {string[]} URLs, by number */
  get references() {
    return referencesOf(this.#node, (file) => inputPictureUrl(file).replace(/&rand=[^&]*/, ""));
  }

  /** @param {() => void} listener called when anything in the workflow has changed */
  onGraph(listener) {
    this.#listen("graphChanged", listener);
  }

  /** Something of the editor's own that is saved with the node but is not its value.
   * @param {string} name @returns {unknown} */
  property(name) {
    return this.#node.properties[`gligen_${name}`];
  }

  /** @param {string} name @param {string | number | boolean | null} value null: forget it */
  setProperty(name, value) {
    if (value === null) delete this.#node.properties[`gligen_${name}`];
    else this.#node.properties[`gligen_${name}`] = value;
    this.changed();
  }

  /** Called when the node goes. */
  destroy() {
    for (const end of this.#endings.splice(0)) end();
  }

  /** @param {string} type @param {(event: CustomEvent) => void} listener */
  #listen(type, listener) {
    api.addEventListener(type, listener);
    this.#endings.push(() => api.removeEventListener(type, listener));
  }

  #errors() {
    return Object.entries(app.lastNodeErrors ?? {})
      .filter(([id]) => this.#isMine(id))
      .flatMap(([, { errors }]) => errors.map(({ details, message }) => details || message));
  }

  /** In a subgraph the host names a node by its path, "4:12:3". @param {unknown} id */
  #isMine(id) {
    return String(id).split(":").at(-1) === String(this.#node.id);
  }

  /** @param {string} input */
  #linkOf(input) {
    const slot = this.#node.inputs.findIndex(({ name }) => name === input);
    return slot < 0 || !this.#node.graph ? null : this.#node.getInputLink(slot);
  }

  /** @param {string} input */
  #sourceOf(input) {
    const link = this.#linkOf(input);
    return link && this.#node.graph?.getNodeById(link.origin_id);
  }
}

/** Of an editor on a subgraph's face: of the node inside, whose value the outer one keeps. */
class FaceHost extends NodeHost {
  #changed;

  /** @param {HostNode} node @param {() => void} changed */
  constructor(node, changed) {
    super(node);
    this.#changed = changed;
  }

  /** @override */
  changed() {
    this.#changed();
    super.changed();
  }
}

/** The next moment at which the page is not queueing: what the server found is known then. */
async function queueingEnd() {
  do await new Promise((done) => setTimeout(done, QUEUEING_POLL_MS));
  while (app.processingQueue);
}

/** Let the graph have a wheel event that an editor does not want: it zooms or pans as elsewhere.
 * Nodes 2.0 does so itself. @param {WheelEvent} event */
export function passWheelOn(event) {
  if (event.target instanceof Element && event.target.closest("[data-node-id]")) return;
  event.preventDefault();
  app.canvas.canvas.dispatchEvent(new WheelEvent("wheel", event));
}

/** Where the browser gets a picture that the host has written. @param {HostPicture} picture */
export function pictureUrl({ filename, subfolder = "", type = "output" }) {
  const query = new URLSearchParams({ filename, subfolder, type, rand: String(Math.random()) });
  return api.apiURL(`/view?${query}`);
}

/** @param {string} file in the host's input folder, with its subfolder */
export function inputPictureUrl(file) {
  const [, subfolder = "", filename = ""] = /^(?:(.*)\/)?([^/]*)$/.exec(file.replace(/ \[\w+\]$/, "")) ?? [];
  return pictureUrl({ filename, subfolder, type: "input" });
}

/** Put a picture into the host's input folder. @param {File} file
 * @returns {Promise<string>} its name there */
export async function uploadPicture(file) {
  const body = new FormData();
  body.append("image", file);
  body.append("subfolder", "gligen");
  const answer = await api.fetchApi("/upload/image", { method: "POST", body });
  if (!answer.ok) throw new Error(t("picture.refused", { status: answer.status }));
  const { name, subfolder } = await answer.json();
  return subfolder ? `${subfolder}/${name}` : name;
}

/** Before a workflow is opened: the example pictures that it loads come into the input folder.
 * @param {unknown} workflow */
async function bringPictures(workflow) {
  const pack = new URL(import.meta.url).pathname.split("/").at(-2); // /extensions/<pack>/host.js
  try {
    const came = await bringExamples(examplesOf(workflow), {
      isThere: async (file) => {
        const query = new URLSearchParams({ filename: file, type: "input" });
        return (await api.fetchApi(`/view?${query}`, { method: "HEAD" })).ok;
      },
      read: async (file) => {
        const answer = await api.fetchApi(`/workflow_templates/${pack}/input/${file}`);
        if (!answer.ok) throw new Error(`${file}: ${answer.status}`);
        return answer.blob();
      },
      put: async (file) => {
        const body = new FormData();
        body.append("image", file);
        const answer = await api.fetchApi("/upload/image", { method: "POST", body });
        if (!answer.ok) throw new Error(t("picture.refused", { status: answer.status }));
      },
    });
    if (came) await app.reloadNodeDefs?.(); // so that Load Image has them among its choices
  } catch (error) {
    toast("warn", String(error)); // the page itself marks the node whose picture is missing
  }
}

/** @param {EditorKind} kind @returns what the host calls for each input of that type */
function maker(kind) {
  /** @param {HostNode} node @param {string} name @param {[string, ({default?: string} & Record<string, unknown>)?]} spec */
  return (node, name, spec) => {
    const { editor, options, close } = made(kind, new NodeHost(node), spec[1] ?? {});
    const widget = node.addDOMWidget(name, kind.widgetType, editor.element, options);
    specs.set(editor.element, { node, options: spec[1] ?? {} });
    const here = { node, name, element: editor.element };
    shown.add(here);
    const remove = widget.onRemove;
    widget.onRemove = function () {
      shown.delete(here);
      const place = editor.element.parentElement;
      if (place) places.set(`${node.id} ${name}`, place);
      close();
      remove?.call(this);
    };
    return { widget, minWidth: kind.minSize.width, minHeight: kind.minSize.height };
  };
}

/** An editor, and what the host is told of its widget.
 * @param {EditorKind} kind @param {NodeHost} host @param {{default?: string} & Record<string, unknown>} spec */
function made(kind, host, spec) {
  const editor = kind.create(host, spec.default ?? "", spec);
  editor.element.style.setProperty("--gligen-min-height", `${kind.minSize.height}px`);
  const options = {
    getValue: editor.getValue,
    setValue: (/** @type {unknown} */ value) =>
      editor.setValue(typeof value === "string" ? value : JSON.stringify(value)),
    getMinHeight: () => kind.minSize.height,
    hideOnZoom: false,
    selectOn: ["focus"],
  };
  const close = () => {
    editor.destroy();
    host.destroy();
  };
  return { editor, options, close };
}

/** @param {EditorKind[]} kinds @returns {import("./faces.js").Make} */
function faceMaker(kinds) {
  return (source, changed) => {
    const kind = kinds.find(({ widgetType }) => widgetType === source.type);
    const spec = source.element && specs.get(source.element);
    return kind && spec ? made(kind, new FaceHost(spec.node, changed), spec.options) : null;
  };
}

/** When undo makes a node anew, Nodes 2.0 goes on showing the place of the old one's editor, empty, or
 * makes one before the node is there: it puts an element into it only once, when it is made. */
async function fillPlaces() {
  for (let tries = 0; tries < PLACE_TRIES; tries++) {
    await new Promise((done) => setTimeout(done, PLACE_WAIT_MS));
    for (const { node, name, element } of shown) {
      if (element.isConnected || node.graph !== app.canvas.graph) continue;
      const place = places.get(`${node.id} ${name}`);
      const empty = place?.isConnected ? place : placeOf(node, name);
      if (empty && !empty.childElementCount) empty.append(element);
    }
  }
  places.clear();
}

/** Where pages of today show an input's widget. @param {HostNode} node @param {string} name */
function placeOf(node, name) {
  const id = CSS.escape(String(node.id));
  let place = document.querySelector(`[data-node-id="${id}"] [data-widget-name="${name}"]`);
  while (place?.firstElementChild) place = place.firstElementChild;
  return place;
}

/** The person's language, with English for what it lacks. */
async function loadStrings() {
  const texts = await (await api.fetchApi("/i18n")).json();
  const locale = setting("Comfy.Locale", "en");
  setStrings(textsOf(texts, locale).gligen, texts.en?.gligen);
  keepTexts(hostMessages(), texts, locale);
}

/** @param {Setting} described */
function describeSetting({ id, name, type, defaultValue, attrs, options }) {
  const [, group = "", key = ""] = id.split(".");
  return {
    id,
    name,
    type,
    defaultValue,
    category: ["GLIGEN", group, key],
    ...(attrs && { attrs }),
    ...(options && { options }),
  };
}

/** The host writes its history just after it has said that a prompt has run. @param {string} id */
async function rememberRun(id) {
  for (let tries = 0; tries < HISTORY_TRIES; tries++) {
    const answer = await api.fetchApi(`/history/${id}`);
    const run = answer.ok ? (await answer.json())[id] : null;
    if (run) {
      const [, , prompt, extra] = run.prompt;
      runs.remember(extra?.extra_pnginfo?.workflow?.id ?? "", { prompt, outputs: run.outputs });
      for (const listener of [...onlookers]) listener();
      return;
    }
    await new Promise((done) => setTimeout(done, HISTORY_POLL_MS));
  }
}

/** The id of the workflow that a node stands in. @param {HostNode} node @returns {string} */
function workflowOf({ graph }) {
  return graph?.rootGraph?.id ?? graph?.id ?? "";
}

/** @param {string} href */
function addStylesheet(href) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = href;
  document.head.append(link);
}
