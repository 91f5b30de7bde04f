#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "apps/reelbatch/command.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/models/model_options.h"
#include "apps/reelbatch/subcommands.h"
#include "apps/reelbatch/table.h"
#include "apps/reelbatch/terminal.h"
#include "base/json_text.h"
#include "engine/catalog.h"
#include "engine/known_models.h"
#include "engine/run_models.h"
#include "inference/batch_invariance.h"
#include "inference/model_folder.h"
#include "inference/openvino/openvino_model.h"
#include "measure/machine.h"

namespace reelbatch::app {
namespace {

constexpr CommandText kListText = {
    .name = "models list",
    .synopsis = "",
    .summary =
        "Which models components want, whether they are in the folder of models, and what they "
        "are.\n",
    .examples = "  reelbatch models list\n  reelbatch models list --json --models /srv/models\n",
};
constexpr CommandText kCheckText = {
    .name = "models check",
    .synopsis = "[MODEL...]",
    .summary =
        "Opens models (in process, or on the Triton of --triton-url), checks every file's digest "
        "and every tensor's name, type and\n"
        "shape, and runs a batch. With --batch-invariance it also runs the same units alone and in "
        "batches of 2, 4 and 8, and says by\n"
        "how much every output differs at most.\n",
    .examples =
        "  reelbatch models check --batch-invariance\n"
        "  reelbatch models check transnetv2 --triton-url localhost:8001\n",
};

struct Settings {
  CommonOptions common;
  ModelOptions models;
  bool batch_invariance = false;
};

base::Json ModelJson(const contracts::ModelUsed& used) {
  return {{"name", used.model_name},
          {"version", used.model_version},
          {"weights_digest", used.weights_digest},
          {"runtime", used.runtime},
          {"engine", used.engine},
          {"precision", used.precision},
          {"device", used.device},
          {"signature", contracts::ModelSignature({used})}};
}

int List(const Settings& settings, const engine::Catalog& catalog, Console& console) {
  const std::filesystem::path folder = ModelsFolder(settings.models);
  Table table(
      {{"model"}, {"for"}, {"version"}, {"licence"}, {"weights"}, {"signature in process"}});
  base::Json list = base::Json::array();
  int missing = 0;
  for (const engine::KnownModel& known : engine::KnownModels(catalog)) {
    auto found = inference::ReadModelFolder(folder / known.name);
    base::Json row{{"name", known.name}, {"component", known.component}};
    if (!found) {
      ++missing;
      table.AddRow({known.name, known.component, "missing", "", "", ""});
      row["error"] = found.error().Text();
      console.Warn(found.error().Text());
    } else {
      contracts::ModelUsed used = found->description.used;
      used.runtime = "inprocess";
      used.engine = inference::OpenVinoEngine();
      used.device = "cpu";
      const std::string signature =
          inference::OpenVinoIsBuiltIn() ? contracts::ModelSignature({used}) : "";
      constexpr size_t kDigits = 12;
      table.AddRow({OneLine(used.model_name), known.component, OneLine(used.model_version),
                    OneLine(found->licence),
                    used.weights_digest.substr(0, std::string_view("sha256:").size() + kDigits),
                    signature.substr(0, kDigits)});
      row.update(ModelJson(used));
      row["licence"] = found->licence;
      row["source"] = found->source;
    }
    list.push_back(std::move(row));
  }
  if (console.json()) {
    console.Out(base::Pretty({{"folder", folder.string()},
                              {"engine", inference::OpenVinoEngine()},
                              {"models", std::move(list)}}));
  } else {
    console.Out(table.Render(console.out_color()));
    console.Out(fmt::format("folder {}; {}\n", ShellQuote(folder.native()),
                            inference::OpenVinoIsBuiltIn()
                                ? inference::OpenVinoEngine()
                                : "no engine built in: tools/fetch-models, then build again"));
  }
  return missing > 0 ? kExitSomeFailed : kExitDone;
}

/// What was found of one model.
struct Checked {
  contracts::ModelUsed used;
  std::vector<inference::BatchVariance> variances;  // none: not asked for
};

base::Result<Checked> Check(const engine::KnownModel& known, const engine::RunModels& door,
                            bool batch_invariance) {
  auto model = door.Open(known.stage.wanted);
  if (!model) return std::unexpected(model.error());
  const contracts::ModelDescription& description = (*model)->description();
  Checked checked{.used = description.used, .variances = {}};
  constexpr uint32_t kSeed = 1;
  std::vector<int> sizes{1};
  for (const int size : {2, 4, known.stage.max_batch}) {
    if (batch_invariance && (description.max_batch == 0 || size <= description.max_batch))
      sizes.push_back(size);
  }
  auto variances = inference::CompareBatches(**model, sizes, kSeed);
  if (!variances) return std::unexpected(variances.error());
  if (batch_invariance) checked.variances = std::move(*variances);
  return checked;
}

int CheckAll(const Settings& settings, const engine::Catalog& catalog,
             const std::vector<std::string>& names, Console& console) {
  for (const std::string& name : names) {
    const auto is = [&](const engine::KnownModel& known) {
      return known.name == name || known.component == name;
    };
    if (std::ranges::any_of(engine::KnownModels(catalog), is)) continue;
    return console.Fail({base::Code::kInvalidArgument,
                         "is no model that a component wants; see `reelbatch models list`",
                         ShellQuote(name)});
  }
  const int threads =
      settings.common.threads > 0 ? settings.common.threads : measure::ReadMachine().cores_allowed;
  const engine::RunModels door(PlacesOf(settings.models), threads, {});
  base::Json list = base::Json::array();
  int failed = 0;
  for (const engine::KnownModel& known : engine::KnownModels(catalog)) {
    const std::string& name = known.name;
    const auto asked = [&](const std::string& one) {
      return one == name || one == known.component;
    };
    if (!names.empty() && std::ranges::none_of(names, asked)) continue;
    const auto checked = Check(known, door, settings.batch_invariance);
    if (!checked) {
      ++failed;
      console.Error(checked.error().Text());
      list.push_back({{"name", name}, {"error", checked.error().Text()}});
      continue;
    }
    base::Json row = ModelJson(checked->used);
    std::string text =
        fmt::format("{} {}  {}  {}  {}  good\n", OneLine(checked->used.model_name),
                    OneLine(checked->used.model_version), OneLine(checked->used.engine),
                    checked->used.precision, checked->used.device);
    for (const inference::BatchVariance& variance : checked->variances) {
      row["batch_variance"][variance.output] = variance.largest;
      text += variance.largest == 0
                  ? fmt::format("  {}: the same bits in every batch\n", OneLine(variance.output))
                  : fmt::format("  {}: differs by {:.3g} at most, in batches of {}\n",
                                OneLine(variance.output), variance.largest, variance.batch);
    }
    list.push_back(std::move(row));
    if (!console.json()) console.Out(text);
  }
  if (console.json()) console.Out(base::Pretty({{"models", std::move(list)}, {"failed", failed}}));
  return failed > 0 ? kExitSomeFailed : kExitDone;
}

int ModelsList(const Invocation& call) {
  Settings settings;
  OptionTable table;
  table.Group("Where");
  table.Add(
      PathOption("models", "DIR",
                 "folder of models (default: $REELBATCH_MODELS, else what tools/fetch-models made)",
                 settings.models.folder));
  AddCommonOptions(table, settings.common);
  Console console("reelbatch models list");
  const CommandLine line = ReadCommandLine(kListText, table, settings.common, call, console);
  if (line.exit_code) return *line.exit_code;
  return console.Finish(List(settings, *call.catalog, console));
}

int ModelsCheck(const Invocation& call) {
  Settings settings;
  OptionTable table;
  table.Group("What");
  table.Add(SwitchOption("batch-invariance",
                         "whether outputs depend on the batch that a unit is in",
                         settings.batch_invariance));
  AddModelOptions(table, settings.models);
  AddCommonOptions(table, settings.common);
  Console console("reelbatch models check");
  const CommandLine line = ReadCommandLine(kCheckText, table, settings.common, call, console);
  if (line.exit_code) return *line.exit_code;
  return console.Finish(CheckAll(settings, *call.catalog, line.arguments, console));
}

constexpr std::array<Subcommand, 2> kSubcommands = {{
    {"list", "which models there are, which are missing", ModelsList},
    {"check", "whether they open, run, and say the same in every batch", ModelsCheck},
}};

}  // namespace

int ModelsCommand(const Invocation& call) {
  return RunSubcommand(
      {.parent = "models",
       .summary = "The models that components run: fetched by tools/fetch-models, or served by a "
                  "Triton.\n",
       .examples = "  reelbatch models list\n  reelbatch models check --batch-invariance\n",
       .subcommands = kSubcommands},
      call);
}

}  // namespace reelbatch::app
