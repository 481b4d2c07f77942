"""Which version answers a request, and how an answer is named: pure, the same for the same request."""
