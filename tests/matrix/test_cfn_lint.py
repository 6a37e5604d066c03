"""cfn-lint, an independent judge, finds no error and no warning in any template, each in its own region."""
import unittest

from cfnlint.config import ConfigMixIn
from cfnlint.decode.decode import decode_str
from cfnlint.runner import Runner

import platforms


class CfnLint(unittest.TestCase):
    def test_no_error_and_no_warning(self):
        runners, found = {}, []
        for (region, text), name in platforms.distinct(platforms.load()).items():
            if region not in runners:
                runners[region] = Runner(ConfigMixIn(regions=[region]))
            template, problems = decode_str(text)
            problems = list(problems or runners[region].validate_template(template))
            found += [f"{name}.json:{m.linenumber}: {m.rule.id} {m.message}" for m in problems]
        self.assertEqual(found, [], "\n" + "\n".join(found))

    def test_it_would_find_one(self):
        """The judge is awake: it sees what is wrong here."""
        text = '{"Resources": {"B": {"Type": "AWS::S3::Bucket", "Properties": {"BucketNam": "x"}}}}'
        found = list(Runner(ConfigMixIn(regions=["eu-west-1"])).validate_template(decode_str(text)[0]))
        self.assertIn("E3002", {m.rule.id for m in found})


if __name__ == "__main__":
    unittest.main()
