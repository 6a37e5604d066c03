{{ stage('order_reviews') }}
