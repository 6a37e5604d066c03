{{ stage('product_category_name_translation') }}
