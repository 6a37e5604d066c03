"""What the DAG shop_pipeline is made of."""
