"""The endpoints page: deploy a model, watch it serve, send it requests."""
