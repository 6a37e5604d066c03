#!/bin/sh
# MWAA runs this on each of its machines before Airflow starts there, for at most five minutes. It gives the workers a
# virtual environment with dbt, whose dependencies are others than Airflow's and must not meet them. Whatever happens
# here, Airflow starts: where dbt is missing, the tasks that need it say so.
#
# The packages come from where pip is told to look: PIP_INDEX_URL or PIP_FIND_LINKS may name another place. The versions
# are those that the tests run with (tests/pipeline/requirements.txt; a test compares).

cfngen_packages() {
    cat <<'LIST'
agate==1.9.1
annotated-types==0.8.0
asn1crypto==1.5.1
attrs==26.1.0
babel==2.19.0
beautifulsoup4==4.15.0
boto3==1.44.8
botocore==1.44.8
certifi==2026.10.19.post1
charset-normalizer==3.5.3
click==8.5.1
colorama==0.4.6
daff==1.4.2
dbt-adapters==1.24.5
dbt-common==1.39.0
dbt-core==1.10.23
dbt-extractor==0.6.0
dbt-postgres==1.11.0
dbt-protos==1.0.615
dbt-redshift==1.11.2
dbt-semantic-interfaces==0.9.0
deepdiff==8.6.2
idna==3.20
importlib-metadata==8.9.0
isodate==0.7.2
jinja2==3.1.6
jmespath==1.1.0
jsonschema==4.26.0
jsonschema-specifications==2025.9.1
leather==0.4.1
lxml==6.1.3
markupsafe==3.0.4
mashumaro==3.14
more-itertools==10.8.0
msgpack==1.2.4
networkx==3.6.1
opentelemetry-api==1.45.2
orderly-set==5.5.0
packaging==26.4
parsedatetime==2.6
pathspec==0.12.1
protobuf==6.33.6
psycopg2-binary==2.9.13
pydantic==2.14.4
pydantic-core==2.50.5
python-dateutil==2.9.0.post0
python-slugify==9.2.0
pytimeparse==1.1.10
pytz==2026.6
pyyaml==6.0.4
redshift-connector==2.1.17
referencing==0.37.0
requests==2.34.2
rpds-py==2026.9.1
s3transfer==0.19.3
scramp==1.4.18
setuptools==84.2.1
six==1.17.0
snowplow-tracker==1.1.0
soupsieve==2.10
sqlparse==0.5.4
text-unidecode==1.3
typing-extensions==4.16.0
typing-inspection==0.4.5
urllib3==2.8.0
zipp==4.1.2
LIST
}

cfngen_dbt() ( # a subshell: nothing of it reaches Airflow
    folder=${CFNGEN_DBT_FOLDER:-/usr/local/airflow/cfngen-dbt}
    unset PYTHONPATH PYTHONHOME PIP_USER PIP_TARGET PIP_PREFIX PIP_CONSTRAINT PIP_REQUIREMENT
    if rm -rf "$folder" && python3 -m venv "$folder" && cfngen_packages >"$folder/requirements.txt" &&
        "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --no-deps \
            --only-binary :all: --requirement "$folder/requirements.txt" &&
        "$folder/bin/python" -c "import dbt.cli.main, dbt.adapters.redshift"; then
        echo "dbt is at $folder/bin/dbt"
    else
        rm -rf "$folder"
        echo "dbt could not be installed: the tasks that need it will fail" >&2
    fi
)

case "${MWAA_AIRFLOW_COMPONENT:-worker}" in
scheduler | webserver) ;; # tasks do not run there
*) cfngen_dbt ;;
esac
