{{ stage('geolocation') }}
