/* XML replies as JSON values, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "aws/protocol.h"

static void reads(const char *service, const char *xml, const char *expected) {
    const struct cfn__xml_names *names = service ? cfn__names_of(cfn__service_find(service)) : NULL;
    json_t *value = cfn__xml_read(xml, strlen(xml), names);
    char *said = value ? json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS) : cfn__copy("none");
    assert_string_equal(said, expected);
    free(said);
    json_decref(value);
}

static void lists_structures_and_texts(void **state) {
    (void)state;
    reads("sts", "<a><b>1</b><c> x </c></a>", "{\"a\":{\"b\":\"1\",\"c\":\" x \"}}");
    reads("sts", "<a><member>1</member></a>", "{\"a\":[\"1\"]}");
    reads("sts", "<a>\n <member><b/></member>\n <member/></a>", "{\"a\":[{\"b\":\"\"},\"\"]}");
    reads("sts", "<a><b>1</b><b>2</b></a>", "{\"a\":{\"b\":[\"1\",\"2\"]}}");
    reads("sts", "<a><member>1</member><b/></a>", "{\"a\":{\"b\":\"\",\"member\":\"1\"}}");
    reads(NULL, "<a><member>1</member></a>", "{\"a\":{\"member\":\"1\"}}");
}

static void lists_that_only_the_service_knows(void **state) {
    (void)state;
    reads("cloudformation", "<R><Stacks/><Name/></R>", "{\"R\":{\"Name\":\"\",\"Stacks\":[]}}");
    reads("rds", "<R><DBInstances><DBInstance>a</DBInstance></DBInstances></R>",
          "{\"R\":{\"DBInstances\":[\"a\"]}}");
    reads("rds", "<R><VpcSecurityGroups><VpcSecurityGroupMembership/></VpcSecurityGroups></R>",
          "{\"R\":{\"VpcSecurityGroups\":[\"\"]}}");
    reads("rds", "<R><DBSubnetGroup><VpcId>a</VpcId></DBSubnetGroup></R>",
          "{\"R\":{\"DBSubnetGroup\":{\"VpcId\":\"a\"}}}");
    reads("ec2", "<R><vpcSet><item><vpcId>v</vpcId><tagSet/></item></vpcSet></R>",
          "{\"R\":{\"Vpcs\":[{\"Tags\":[],\"VpcId\":\"v\"}]}}");
    reads("s3", "<R><Contents><Key>k</Key></Contents><Version><Key>v</Key></Version></R>",
          "{\"R\":{\"Contents\":[{\"Key\":\"k\"}],\"Versions\":[{\"Key\":\"v\"}]}}");
}

static void maps(void **state) {
    (void)state;
    reads("iam",
          "<M><entry><key>Users</key><value>3</value></entry><entry><key>E</key></entry></M>",
          "{\"M\":{\"E\":\"\",\"Users\":\"3\"}}");
    reads("iam", "<M><entry><k>Users</k></entry></M>", "{\"M\":[{\"k\":\"Users\"}]}");
}

static void attributes_namespaces_and_entities(void **state) {
    (void)state;
    reads("sts", "<x:a xmlns:x='http://x/' b='c'><x:d>1</x:d></x:a>", "{\"a\":{\"d\":\"1\"}}");
    reads("sts", "<a>&quot;&lt;&amp;&gt;&apos;&#233;&#x1F642;</a>",
          "{\"a\":\"\\\"<&>'\xC3\xA9\xF0\x9F\x99\x82\"}");
    reads("sts", "<a><![CDATA[<b>]]></a>", "{\"a\":\"<b>\"}");
    reads("sts", "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xE9</a>", "{\"a\":\"\xC3\xA9\"}");
}

static void what_is_no_xml_is_refused(void **state) {
    (void)state;
    static const char *const bad[] = {"",         "text",       "<a>",         "<a></b>",
                                      "<a/><b/>", "<a>&b;</a>", "<a>\xFF</a>", "{\"a\": 1}",
                                      "<a",       "<a>\x01</a>"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        reads("sts", bad[i], "none");
}

static void document_types_are_refused(void **state) {
    (void)state;
    reads("sts", "<!DOCTYPE a><a/>", "none");
    reads("sts", "<!DOCTYPE html><html><body>502</body></html>", "none");
    reads("sts", "<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;&b;&b;\">]><a>&c;&c;&c;&c;</a>",
          "none");
    reads("sts", "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>", "none");
}

static void depth_has_a_ceiling(void **state) {
    (void)state;
    for (int depth = 64; depth <= 65; depth++) {
        struct cfn_text xml = {0};
        for (int i = 0; i < depth; i++)
            cfn_text_put(&xml, "<a>");
        for (int i = 0; i < depth; i++)
            cfn_text_put(&xml, "</a>");
        json_t *value = cfn__xml_read(xml.data, xml.size, NULL);
        assert_int_equal(value != NULL, depth == 64);
        json_decref(value);
        cfn_text_done(&xml);
    }
}

static void escapes_read_back(void **state) {
    (void)state;
    struct cfn_text xml = {0};
    cfn_text_put(&xml, "<a>");
    cfn__xml_escape(&xml, "<&>\"'\r\n]]>");
    cfn_text_put(&xml, "</a>");
    reads("sts", xml.data, "{\"a\":\"<&>\\\"'\\r\\n]]>\"}");
    cfn_text_done(&xml);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_structures_and_texts),
        cmocka_unit_test(lists_that_only_the_service_knows),
        cmocka_unit_test(maps),
        cmocka_unit_test(attributes_namespaces_and_entities),
        cmocka_unit_test(what_is_no_xml_is_refused),
        cmocka_unit_test(document_types_are_refused),
        cmocka_unit_test(depth_has_a_ceiling),
        cmocka_unit_test(escapes_read_back),
    };
    return cmocka_run_group_tests_name("aws xml", tests, NULL, NULL);
}
