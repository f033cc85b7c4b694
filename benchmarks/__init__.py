"""What waiting for training jobs costs, here and with the amazon provider: measured side by side by ``make bench``."""
