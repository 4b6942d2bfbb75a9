// The widgets of ipywidgets 7, which notebooks written elsewhere still hold.
import './jquery-ui-for-7';
import '@jupyter-widgets/base7/css/index.css';
import '@jupyter-widgets/controls7/css/widgets-base.css';
import * as base7 from '@jupyter-widgets/base7';
import * as controls7 from '@jupyter-widgets/controls7';

export const base: Readonly<Record<string, unknown>> = base7;
export const controls: Readonly<Record<string, unknown>> = controls7;
