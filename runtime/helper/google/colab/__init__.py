"""What notebooks that were written for Colab import, as far as Allmende has it. What it has not is not here, so that its import says so."""
from google.colab import drive, output

__all__ = ["drive", "output"]
