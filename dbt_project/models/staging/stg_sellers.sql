{{ stage('sellers') }}
