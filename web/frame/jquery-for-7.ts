// jQuery under the name by which the sliders of ipywidgets 7 look for it, which they do as they are loaded.
import jquery from 'jquery';

Object.assign(globalThis, { jQuery: jquery });
