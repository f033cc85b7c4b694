"""How requests come in: aiohttp, AWS's JSON protocol, who answers, and what goes wrong on the way."""
