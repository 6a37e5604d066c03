{{ stage('order_items') }}
