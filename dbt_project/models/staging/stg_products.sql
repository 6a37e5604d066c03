{{ stage('products') }}
