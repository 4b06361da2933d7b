// Of the host's frontend, what host.js uses. Nothing else in web/ may need this file.

interface HostInput {
  name: string;
  type: unknown;
}

interface HostWidget {
  name: string;
  type: string;
  value: unknown;
  element?: HTMLElement;
  onRemove?: () => void;
}

interface HostLink {
  origin_id: number | string;
  origin_slot: number;
}

interface HostGraph {
  id?: string;
  rootGraph?: HostGraph;
  getNodeById(id: number | string): HostNode | null;
}

interface HostNode {
  id: number | string;
  comfyClass?: string;
  graph: HostGraph | null;
  inputs: HostInput[];
  outputs: { type: unknown }[];
  getInputNode(slot: number): HostNode | null;
  getOutputNodes(slot: number): HostNode[] | null;
  getInputLink(slot: number): HostLink | null;
  widgets?: HostWidget[];
  imgs?: HTMLImageElement[];
  properties: Record<string, unknown>;
  onExecuted?: (output: Record<string, unknown>) => void;
  onConnectionsChange?: (...details: unknown[]) => void;
  /** Of a subgraph's node, on pages of today. */
  createPromotedHostWidget?(input: HostInput, id: unknown, source: HostWidget): HostWidget | undefined;
  _projectPromotedWidget?(input: HostInput): HostWidget | undefined;
  _extraWidgets?: HostWidget[];
  addDOMWidget(
    name: string,
    type: string,
    element: HTMLElement,
    options: Record<string, unknown>,
  ): HostWidget;
}

interface HostChanges {
  captureCanvasState?(): void;
  checkState?(): void;
}

interface HostPicture {
  filename: string;
  subfolder?: string;
  type?: string;
}

declare module "*/scripts/app.js" {
  export const app: {
    canvas: {
      selectedItems: Set<unknown>;
      canvas: HTMLCanvasElement;
      graph: HostGraph | null;
      default_connection_color_byType: Record<string, string>;
    };
    processingQueue?: boolean;
    reloadNodeDefs?(): Promise<void>;
    lastNodeErrors: Record<string, { errors: { message: string; details: string }[] }> | null;
    extensionManager: {
      setting: { get(id: string): unknown; set(id: string, value: unknown): Promise<void> };
      toast: { add(message: Record<string, unknown>): void };
      workflow: { activeWorkflow: { changeTracker?: HostChanges } | null };
    };
    registerExtension(extension: Record<string, unknown>): void;
  };
}

declare module "*/scripts/api.js" {
  export const api: {
    apiURL(route: string): string;
    fetchApi(route: string, options?: RequestInit): Promise<Response>;
    addEventListener(type: string, listener: (event: CustomEvent) => void): void;
    removeEventListener(type: string, listener: (event: CustomEvent) => void): void;
  };
}
