"""What stands between the network and the pages; plain ASGI, it knows no framework."""
