{{ stage('orders') }}
