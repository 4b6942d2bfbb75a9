# What every Python kernel loads; tools/install puts it into the environment's etc/ipython.
c = get_config()  # noqa: F821
c.InteractiveShellApp.extensions.append("allmende_kernel")
