"""`import cloudformation`: templates in YAML and JSON, their functions, and what they leave open."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from ops.importing.formats import cloudformation
from ops.importing.model import Answers, Draft, Reading, Source, SourceError
from tests.ops.conftest import Ops

TEMPLATE = """
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Stage: { Type: String, Default: prod }
  Subnets: { Type: "List<AWS::EC2::Subnet::Id>" }
  Image: { Type: "AWS::SSM::Parameter::Value<String>", Default: /images/report }
  Token: { Type: String, NoEcho: true }
Mappings:
  Sizes: { prod: { cpu: 512 }, dev: { cpu: 256 } }
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsDev: !Not [!Condition IsProd]
Resources:
  Cluster:
    Type: AWS::ECS::Cluster
    Properties: { ClusterName: !Sub "${Stage}-jobs" }
  Report:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: !Join ["-", [report, !Ref Stage]]
      Cpu: !FindInMap [Sizes, !Ref Stage, cpu]
      Memory: 1024
      RequiresCompatibilities: [FARGATE]
      NetworkMode: awsvpc
      ContainerDefinitions:
        - { Name: app, Image: "report:3", Environment: [{ Name: STAGE, Value: !Ref Stage }] }
  Nightly:
    Type: AWS::Events::Rule
    Properties:
      Description: Nightly report
      ScheduleExpression: cron(0 3 * * ? *)
      State: !If [IsProd, ENABLED, DISABLED]
      Targets:
        - Id: job
          Arn: !GetAtt Cluster.Arn
          RoleArn: !GetAtt Role.Arn
          Input: !Sub '{"containerOverrides": [{"name": "app", "command": ["report", "--${Stage}"]}]}'
          EcsParameters:
            TaskDefinitionArn: !Ref Report
            LaunchType: FARGATE
            PropagateTags: TASK_DEFINITION
            EnableECSManagedTags: true
            TagList: [{ Key: team, Value: data }]
            NetworkConfiguration:
              AwsVpcConfiguration:
                Subnets: !Ref Subnets
                SecurityGroups: [!ImportValue jobs-group]
                AssignPublicIp: ENABLED
"""
PARAMETERS = {"Subnets": "subnet-01, subnet-02", "jobs-group": "sg-01"}
ANSWERS = Answers(parameters=PARAMETERS)


def read(text: str, answers: Answers = ANSWERS) -> Reading:
    return cloudformation.read([Source("jobs.yaml", text)], answers)


def only(text: str, answers: Answers = ANSWERS) -> Draft:
    (draft,) = read(text, answers).drafts
    return draft


def notes(draft: Draft) -> str:
    return " ".join(f"{each.place} {each.note}" for each in draft.decisions if each.blocks)


def test_a_template_becomes_a_file(project: Path, ops: Ops):
    (project / "jobs.yaml").write_text(TEMPLATE)
    options = [word for name, value in PARAMETERS.items() for word in ("--parameter", f"{name}={value}")]
    result = ops("import", "cloudformation", "jobs.yaml", *options)
    assert result.exit_code == 0, result.output
    assert yaml.safe_load((project / "config/tasks/Nightly.yaml").read_text()) == {
        "schedule": "cron(0 3 * * ? *)", "timezone": "UTC", "description": "Nightly report",
        "taskDefinition": "report-prod", "command": ["report", "--prod"], "cluster": "prod-jobs", "launch": "fargate",
        "network": {"subnets": ["subnet-01", "subnet-02"], "securityGroups": ["sg-01"], "assignPublicIp": True},
        "tags": {"team": "data"}, "retry": {"attempts": 5, "maxAge": "1h"},
    }  # fmt: skip
    # A template has no record: nobody knows if it is deployed.
    assert not (project / "config/imported.json").exists()


def test_json_is_the_same_as_yaml():
    """CDK writes JSON, with the long forms of functions."""
    target = {
        "Id": "Target0", "Arn": {"Fn::GetAtt": ["Cluster", "Arn"]},
        "EcsParameters": {"TaskDefinitionArn": {"Ref": "Job"}, "TaskCount": 1, "LaunchType": "FARGATE"},
        "Input": {"Fn::Join": ["", ['{"containerOverrides":[{"name":"app","command":["', {"Ref": "Word"}, '"]}]}']]},
    }  # fmt: skip
    document = {
        "Parameters": {"Word": {"Type": "String", "Default": "run"}},
        "Resources": {
            "Cluster": {"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": "jobs"}},
            "Job": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"Family": "job", "ContainerDefinitions": [{"Name": "app"}]}},
            "Rule": {"Type": "AWS::Events::Rule", "Properties": {"ScheduleExpression": "rate(1 day)", "Targets": [target]}},
        },
    }  # fmt: skip
    text = json.dumps(document, indent=1)
    found = only(text, Answers())
    assert not found.blocked
    assert found.keys["command"] == ["run"]
    line = next(number for number, each in enumerate(text.split("\n"), 1) if "rate(1 day)" in each)
    assert next(each.line for each in found.decisions if each.key.endswith("ScheduleExpression")) == line


def test_expand_uses_the_task_definition_of_the_template():
    found = only(TEMPLATE, Answers(parameters=PARAMETERS, expand=True))
    assert not found.blocked, notes(found)
    assert "taskDefinition" not in found.keys
    assert found.keys | {
        "image": "report:3", "cpu": 512, "memory": 1024, "environment": {"STAGE": "prod"},
        "command": ["report", "--prod"],
    } == found.keys  # fmt: skip


def test_a_parameter_changes_conditions_and_maps():
    parameters = {**PARAMETERS, "Stage": "dev"}
    found = only(TEMPLATE, Answers(parameters=parameters, expand=True))
    assert (found.keys["enabled"], found.keys["cpu"], found.keys["command"]) == (False, 256, ["report", "--dev"])


OPEN: dict[str, tuple[str, str, str]] = {
    "a parameter without a default": ("!Ref Subnets", "!Ref Subnets", "Pass --parameter Subnets=VALUE."),
    "an export": ("jobs-group", "jobs-group", "Another stack exports it. Pass --parameter jobs-group=VALUE."),
    "a resource": ("!Ref Report", "!Ref Bucket", "The template has no parameter and no resource Bucket."),
    "an attribute": ("!GetAtt Cluster.Arn", "!GetAtt Network.Arn", "Pass --parameter Network.Arn=VALUE."),
    "an SSM parameter": ("report-${Stage}", "!Ref Image", ""),
    "a pseudo parameter": ("!Ref Report", "!Sub 'arn:aws:ecs:${AWS::Region}:1:task-definition/x:1'", "Pass --parameter AWS::Region=VALUE."),
    "a dynamic reference": ("!Ref Report", "'{{resolve:ssm:/definitions/report}}'", "Pass --parameter resolve:ssm:/definitions/report=VALUE."),
    "a secret of Secrets Manager": ("--${Stage}", "{{resolve:secretsmanager:a:SecretString:b}}", "at the deployment. Use `secrets` for it."),
    "a macro": ("!Ref Report", "!Transform { Name: X }", "The import can't resolve Fn::Transform."),
    "a list of zones": ("!Ref Report", "!Select [0, !GetAZs '']", "The import can't resolve Fn::GetAZs."),
    "a secret": ("--${Stage}", "--${Token}", "Token is a secret (NoEcho)."),
    "a cycle": ("Default: prod", "Default: prod }\n  X: { Type: String", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name, (_, _, note) in OPEN.items() if note])
def test_what_a_template_leaves_open_is_a_question_with_its_line(name: str):
    old, new, note = OPEN[name]
    parameters = {} if old == new else PARAMETERS
    text = TEMPLATE.replace(old, new)
    found = only(text, Answers(parameters=parameters))
    assert found.blocked
    assert note in notes(found)
    number = next(each.line for each in found.decisions if each.note.startswith(note[:20]) or note in each.note)
    assert text.split("\n")[number - 1].strip()


def test_an_answer_names_a_resource_or_an_attribute():
    text = TEMPLATE.replace("!GetAtt Cluster.Arn", "!GetAtt Other.Arn").replace("!Ref Report", "!Ref Job")
    text = text.replace(
        "  Nightly:", "  Job: { Type: AWS::ECS::TaskDefinition }\n  Other: { Type: AWS::ECS::Cluster }\n  Nightly:"
    )
    arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/batch"
    found = only(text, Answers(parameters={**PARAMETERS, "Other.Arn": arn, "Job": "job:7"}))
    assert (found.keys["cluster"], found.keys["taskDefinition"]) == ("batch", "job:7")


def test_the_partition_follows_the_region():
    text = TEMPLATE.replace(
        "!Ref Report", '!Sub "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:task-definition/x:1"'
    )
    regions = {"AWS::Region": "cn-north-1", "AWS::AccountId": "123456789012"}
    found = only(text, Answers(parameters=PARAMETERS | regions))
    assert found.keys["taskDefinition"] == "arn:aws-cn:ecs:cn-north-1:123456789012:task-definition/x:1"


FUNCTIONS: dict[str, Any] = {
    "!Select [1, [a, b]]": "b",
    "!Select [0, !Split [',', 'x,y']]": "x",
    "!Sub ['${A}-${!B}', { A: !Ref Stage }]": "prod-${B}",
    "!Join ['', [a, !Ref Stage]]": "aprod",
    "!Base64 a": "YQ==",
    "!If [IsDev, a, !Ref Stage]": "prod",
    "!FindInMap [Sizes, dev, cpu]": "256",
    "!ImportValue { 'Fn::Sub': 'jobs-${Kind}' }": "sg-01",
    "{ 'Fn::ToJsonString': { a: 1 } }": '{"a": 1}',
}


@pytest.mark.parametrize("text", FUNCTIONS)
def test_functions(text: str):
    kind = "  Kind: { Type: String, Default: group }\n  Stage:"
    template = TEMPLATE.replace("  Stage:", kind, 1).replace("Description: Nightly report", f"Description: {text}")
    assert str(only(template).keys["description"]) == FUNCTIONS[text]


CONDITIONS = {
    "!And [!Condition IsProd, !Equals [a, a]]": True,
    "!And [!Condition IsProd, !Condition IsDev]": False,
    "!Or [!Condition IsProd, !Equals [!Ref Subnets, x]]": True,
    "!Not [!Equals [a, b]]": True,
    "!Equals [!Ref Subnets, x]": None,
    "!Condition Missing": None,
    "!Condition Own": None,
}


@pytest.mark.parametrize("text", CONDITIONS)
def test_conditions_of_resources(text: str):
    template = TEMPLATE.replace("  IsDev:", f"  Own: {text}\n  IsDev:").replace(
        "  Nightly:\n", "  Nightly:\n    Condition: Own\n"
    )
    found = read(template, Answers(parameters={"jobs-group": "sg-01"}))
    if CONDITIONS[text] is False:
        assert found.drafts == []
        assert found.remarks == ["jobs.yaml: Nightly isn't created, because its condition is false."]
    else:
        asked = "Nightly.Condition" in [each.key for each in found.drafts[0].decisions]
        assert asked == (CONDITIONS[text] is None)


def test_no_value_is_not_set():
    found = only(TEMPLATE.replace("Description: Nightly report", "Description: !If [IsProd, !Ref 'AWS::NoValue', x]"))
    assert not found.blocked
    assert "description" not in found.keys


def test_a_schedule_of_scheduler():
    text = """
Resources:
  Weekly:
    Type: AWS::Scheduler::Schedule
    Properties:
      Name: weekly
      GroupName: jobs
      ScheduleExpression: rate(2 day)
      ScheduleExpressionTimezone: Europe/Berlin
      KmsKeyArn: arn:aws:kms:eu-west-1:123456789012:key/1
      FlexibleTimeWindow: { Mode: FLEXIBLE, MaximumWindowInMinutes: 90 }
      Target:
        Arn: arn:aws:ecs:eu-west-1:123456789012:cluster/jobs
        RoleArn: !GetAtt Role.Arn
        EcsParameters:
          TaskDefinitionArn: arn:aws:ecs:eu-west-1:123456789012:task-definition/report:4
          NetworkConfiguration: { AwsvpcConfiguration: { Subnets: [subnet-1] } }
          PlacementStrategy: [{ Type: spread, Field: instanceId }]
          ReferenceId: x
          Group: y
"""
    found = only(text)
    assert not found.blocked, notes(found)
    assert found.name == "weekly"
    assert found.keys | {
        "schedule": "rate(2 days)", "timezone": "Europe/Berlin", "flexibleWindow": "90m", "launch": "clusterDefault",
        "placementStrategies": [{"type": "spread", "field": "instanceId"}],
        "network": {"subnets": ["subnet-1"], "assignPublicIp": False},
    } == found.keys  # fmt: skip
    lost = {each.key: each.note for each in found.decisions if each.outcome == "not possible"}
    assert set(lost) == {
        "Weekly.KmsKeyArn",
        "Weekly.Target.EcsParameters.ReferenceId",
        "Weekly.Target.EcsParameters.Group",
    }
    assert "encryption.schedules" in lost["Weekly.KmsKeyArn"]


def test_other_resources_are_named():
    text = TEMPLATE + "  Nested: { Type: AWS::CloudFormation::Stack }\n  Fn::ForEach::Rules: []\n"
    assert read(text).remarks == [
        "jobs.yaml: nested stacks weren't read: Nested. Pass their templates.",
        "jobs.yaml: loops weren't read: Fn::ForEach::Rules. Use `import aws` for the deployed stack.",
    ]


BAD = {
    "chart.yaml": ("Resources:\n  A: {{ .Values.x }}\n", "chart.yaml:2: This is a template of another tool."),
    "job.yaml": ("kind: CronJob\nspec: {}\n", "job.yaml:1: This isn't a template of CloudFormation: it has no Resources."),
    "vpc.yaml": ("Resources:\n  Vpc: { Type: AWS::EC2::VPC }\n", "vpc.yaml:1: The template has no AWS::Events::Rule"),
    "x.jsonnet": ("local k = import 'k';\n{ Resources: 1 }\n", "x.jsonnet:2: The file is not YAML"),
    "x.json": ('{\n  "Resources": {,}\n}', "x.json:2: The file is not JSON: A key must be a string in double quotes."),
    "cut.json": ('{\n  "Resources": {\n "A": ', "cut.json:3: The file is not JSON: A value is missing or incomplete."),
    "twice.json": ('{"Resources": {},\n"Resources": {}}', "twice.json:2: A key occurs twice."),
    "twice.yaml": ("Resources: {}\nResources: {}\n", "twice.yaml:2: A key occurs twice"),
    "deep.json": ('{"Resources":' * 100_000, "deep.json:1: The document has too many values, or too many levels."),
    "empty.yaml": ("", "empty.yaml: The file is empty."),
    "large.yaml": ("a: 1\n" * 2_500_000, "large.yaml: The file has more than 4 MiB."),
    "binary": ("\0\1\2", "binary:1: The file is binary."),
    "main.tf": ('resource "x" "y" {\n}\n', "main.tf:1: "),
    "cycle.yaml": ("Resources: &a\n  b: *a\n", "cycle.yaml:2: The aliases repeat too much"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_has_one_message_with_its_place(project: Path, ops: Ops, name: str):
    content, message = BAD[name]
    (project / name).write_text(content)
    result = ops("import", "cloudformation", name)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(message)
    assert len(result.stderr.splitlines()) == 1


def test_references_without_an_end_are_open():
    text = TEMPLATE.replace("Family: !Join", "Family: !Ref Report\n      Tags: !Join")
    assert "Its functions refer to each other without an end." in notes(only(text)) or "--parameter Report" in notes(
        only(text)
    )


def test_usage(project: Path, ops: Ops):
    (project / "jobs.yaml").write_text(TEMPLATE)
    result = ops("import", "cloudformation", "jobs.yaml", "--parameter", "Stage")
    assert result.exit_code == 2
    assert "Write NAME=VALUE, such as Stage=prod." in " ".join(result.stderr.split())


def test_an_unreadable_source_is_an_error():
    with pytest.raises(SourceError, match="no Resources"):
        read("[]")


SAMPLE = Path(__file__).parent / "samples" / "cloudformation"


def test_a_template_becomes_this_task():
    template, task = ((SAMPLE / f"{name}.yaml").read_text() for name in ("before", "after"))
    parameters = {"Subnets": "subnet-01,subnet-02", "jobs-group": "sg-01"}
    found = only(template, Answers(parameters=parameters, expand=True))
    assert not found.blocked, notes(found)
    assert (found.name, found.keys) == ("nightly-report", yaml.safe_load(task))


def test_the_name_of_a_rule_needs_no_answer():
    found = only(TEMPLATE.replace("Description: Nightly report", "Name: !Ref AWS::StackName"))
    assert (found.name, found.blocked) == ("Nightly", False)


def test_a_dynamic_reference_has_an_answer():
    text = TEMPLATE.replace("!Ref Report", "!Sub '{{resolve:ssm:/${Stage}/definition}}'")
    found = only(text, Answers(parameters={**PARAMETERS, "resolve:ssm:/prod/definition": "report:7"}))
    assert found.keys["taskDefinition"] == "report:7"


def test_an_unknown_provider_asks_for_nothing_else():
    strategy = "CapacityProviderStrategy: [{ CapacityProvider: !Ref Subnets, Weight: 1, Base: 0 }]"
    found = only(TEMPLATE.replace("LaunchType: FARGATE", strategy), Answers(parameters={"jobs-group": "sg-01"}))
    keys = [each.key for each in found.decisions if "CapacityProvider" in each.key and each.outcome == "undecided"]
    assert keys == ["Nightly.Targets[0].EcsParameters.CapacityProviderStrategy[0].CapacityProvider"]
    assert not any(each.outcome == "not possible" for each in found.decisions)


def test_a_list_of_an_ssm_parameter_is_a_list():
    text = TEMPLATE.replace('"List<AWS::EC2::Subnet::Id>"', "'AWS::SSM::Parameter::Value<List<AWS::EC2::Subnet::Id>>'")
    assert only(text).keys["network"] == {
        "subnets": ["subnet-01", "subnet-02"], "securityGroups": ["sg-01"], "assignPublicIp": True,
    }  # fmt: skip


def test_expand_finds_the_definition_that_an_answer_names():
    text = TEMPLATE.replace('Family: !Join ["-", [report, !Ref Stage]]', "Tags: []")
    found = only(text, Answers(parameters={**PARAMETERS, "Report": "stack-Report-X:7"}, expand=True))
    assert not found.blocked, notes(found)
    assert found.keys["image"] == "report:3"


def test_a_fargate_task_has_the_network_of_fargate():
    text = TEMPLATE.replace("      NetworkMode: awsvpc\n", "").replace("      RequiresCompatibilities: [FARGATE]\n", "")
    found = only(text, Answers(parameters=PARAMETERS, expand=True))
    assert "networkMode" not in found.keys
    assert not any(each.to == "architecture" for each in found.decisions)


def test_numbers_may_be_strings_and_strings_numbers():
    container = """{ Name: app, Image: "report:3", DisableNetworking: "true",
            PortMappings: [{ ContainerPort: "80", Name: 7 }], Environment: [{ Name: N, Value: 5 }] }"""
    text = TEMPLATE.replace(
        '{ Name: app, Image: "report:3", Environment: [{ Name: STAGE, Value: !Ref Stage }] }', container
    )
    found = only(text, Answers(parameters=PARAMETERS, expand=True))
    assert found.keys["aws"] == {"container": {"portMappings": [{"containerPort": 80, "name": "7"}]}}
    assert (found.keys["environment"], found.keys["disableNetworking"]) == ({"N": "5"}, True)


def test_the_import_asks_for_a_value_whose_condition_is_not_known():
    found = only(TEMPLATE.replace("Description: Nightly report", "Description: !If [Missing, a, b]"))
    assert "description" not in found.keys
    assert found.blocked
    assert "Missing" in notes(found)
