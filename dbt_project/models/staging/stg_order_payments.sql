{{ stage('order_payments') }}
