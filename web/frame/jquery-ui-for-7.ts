// What jQuery UI's slider builds on. The slider of ipywidgets 7 asks for it in a way of its time, by which nothing is loaded any more.
import './jquery-for-7';
import 'jquery-ui/ui/version';
import 'jquery-ui/ui/widget';
import 'jquery-ui/ui/keycode';
import 'jquery-ui/ui/widgets/mouse';
