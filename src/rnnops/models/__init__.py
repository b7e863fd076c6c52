"""The recurrent network and the order-blind baselines."""
