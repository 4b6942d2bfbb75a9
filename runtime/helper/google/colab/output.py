"""What a cell shows beside its own output."""
from IPython.display import display

_WEB_APP = "application/vnd.allmende.web-app+json"


def serve_kernel_port_as_iframe(port, path="/", width="100%", height="400", cache_in_notebook=False):
    """Shows what listens at a port of this runtime below the cell, once its reader wants to see it. Its width is the notebook's."""
    _show(port, path, height=height)


def serve_kernel_port_as_window(port, path="/", anchor_text=None):
    """The same in a tab of its own."""
    _show(port, path, apart=True)


def _show(port, path, height=None, apart=False):
    number = int(port)
    if not 1 <= number <= 65535:
        raise ValueError(f"{port} is no port; those are 1 to 65535.")
    app = {"port": number, "path": str(path), "apart": apart}
    if height is not None:
        digits = str(height).removesuffix("px")
        if digits.isdigit():  # anything else, such as a percentage, is left to the page
            app["height"] = int(digits)
    display({_WEB_APP: app, "text/plain": f"A web app at port {number} of the runtime; Allmende's page shows it."}, raw=True)
