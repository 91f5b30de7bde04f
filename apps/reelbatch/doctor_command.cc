#include <fmt/format.h>

#include <algorithm>

#include "apps/reelbatch/command.h"
#include "apps/reelbatch/doctor.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/models/model_options.h"
#include "apps/reelbatch/terminal.h"
#include "base/json_text.h"
#include "contracts/producer.h"
#include "store/identity.h"
#include "vision/simd.h"

namespace reelbatch::app {
namespace {

constexpr CommandText kDoctorText = {
    .name = "doctor",
    .synopsis = "[--out DIR]",
    .summary =
        "Show what this machine has for reelbatch, what is missing, and the command that installs "
        "it.\n"
        "Exit code 3: something that reelbatch needs is missing.\n",
    .examples =
        "  reelbatch doctor\n"
        "  reelbatch doctor --out /data/results --json\n",
};

std::string Text(const std::vector<Finding>& findings, bool color) {
  std::string text;
  size_t width = 0;
  for (const Finding& finding : findings) width = std::max(width, finding.name.size());
  for (const Finding& finding : findings) {
    const Style style = finding.health == Health::kGood   ? Style::kGreen
                        : finding.health == Health::kPoor ? Style::kYellow
                                                          : Style::kRed;
    const std::string health = fmt::format("{:<7}", HealthName(finding.health));
    text += fmt::format("{}  {:<{}}  {}\n", Styled(health, style, color), finding.name, width,
                        OneLine(finding.detail));
    if (!finding.remedy.empty())
      text += fmt::format("{:>{}}  -> {}\n", "", width + 7, OneLine(finding.remedy));
  }
  return text;
}

base::Json Document(const std::vector<Finding>& findings, const measure::Machine& machine,
                    bool healthy) {
  base::Json document;
  document["schema"] = "reelbatch_doctor_v1";
  document["producer"] = contracts::ProducerName();
  document["healthy"] = healthy;
  document["machine"] = {{"cpu", machine.cpu_model},
                         {"simd", vision::SimdName()},
                         {"cores_online", machine.cores_online},
                         {"cores_allowed", machine.cores_allowed},
                         {"memory_total_bytes", machine.memory_total},
                         {"memory_available_bytes", machine.memory_available}};
  if (machine.cpu_quota) document["machine"]["cpu_quota"] = *machine.cpu_quota;
  if (machine.memory_limit) document["machine"]["memory_limit_bytes"] = *machine.memory_limit;
  document["findings"] = base::Json::array();
  for (const Finding& finding : findings) {
    document["findings"].push_back({{"name", finding.name},
                                    {"health", HealthName(finding.health)},
                                    {"detail", finding.detail},
                                    {"remedy", finding.remedy}});
  }
  return document;
}

}  // namespace

int DoctorCommand(const Invocation& call) {
  CommonOptions common;
  std::optional<std::filesystem::path> out;
  OptionTable table;
  table.Group("Output folder");
  table.Add(PathOption(
      "out", "DIR",
      "Also check free space and permissions of this folder (default: the current folder)", out));
  AddCommonOptions(table, common);
  Console console("reelbatch doctor");
  const CommandLine line = ReadCommandLine(kDoctorText, table, common, call, console);
  if (line.exit_code) return *line.exit_code;
  if (!line.arguments.empty()) {
    return console.Finish(console.Fail(
        {base::Code::kInvalidArgument,
         fmt::format("takes no argument, but got {}", ShellQuote(line.arguments.front()))}));
  }
  const measure::Machine machine = measure::ReadMachine();
  std::vector<Finding> findings = ExamineMachine(machine, vision::SimdName());
  findings.push_back(ExamineOut(out.value_or(".")));
  for (Finding& finding : ExamineLibraries()) findings.push_back(std::move(finding));
  for (Finding& finding : ExamineModels(PlacesOf({}), *call.catalog))
    findings.push_back(std::move(finding));
  const bool healthy = std::none_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.health == Health::kMissing;
  });
  if (console.json()) {
    console.Out(base::Pretty(Document(findings, machine, healthy)));
  } else if (!console.quiet()) {
    console.Out(Text(findings, console.out_color()));
  }
  return console.Finish(healthy ? kExitDone : kExitEnvironment);
}

}  // namespace reelbatch::app
