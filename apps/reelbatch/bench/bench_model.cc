#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "apps/reelbatch/bench/bench_commands.h"
#include "apps/reelbatch/bench/bench_session.h"
#include "apps/reelbatch/bench/model_memory_child.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/models/model_options.h"
#include "apps/reelbatch/option_values.h"
#include "apps/reelbatch/signals.h"
#include "apps/reelbatch/table.h"
#include "apps/reelbatch/wall_clock.h"
#include "base/json_text.h"
#include "costs/keys.h"
#include "engine/run_models.h"

namespace reelbatch::app {
namespace {

constexpr CommandText kBenchModelText = {
    .name = "bench model",
    .synopsis = "COMPONENT... --out DIR",
    .summary =
        "Measure time and memory of a component's model by batch size; memory is measured in its "
        "own process\n"
        "for every size. The model runs in process, or on the Triton server of --triton-url, in "
        "which case\n"
        "memory is that of the client only. Without names, every component with a model is "
        "measured.\n",
    .examples =
        "  reelbatch bench model transnetv2 --batches 1,2,4 --out costs\n"
        "  reelbatch bench model speech_activity --triton-url localhost:8001 --out costs\n",
};

struct BenchModelSettings {
  CommonOptions common;
  ModelOptions models;
  measure::Protocol protocol;
  std::vector<std::string> batches;
  std::optional<std::filesystem::path> out;
};

OptionTable MakeBenchModelTable(BenchModelSettings& settings) {
  settings.protocol = *measure::ProtocolOf("matrix");
  OptionTable table;
  table.Group("How to measure");
  table.Add(ProfileOption(settings.protocol, settings.protocol.profile));
  table.Add(WordsOption(
      "batches", "N,...",
      "Measure these batch sizes (default: 1, 2, 4 ... and the largest that the model accepts)",
      settings.batches));
  AddModelOptions(table, settings.models);
  table.Group("Results");
  table.Add(PathOption("out", "DIR",
                       "Write DIR/costs.json, and one file for every component in DIR (required)",
                       settings.out));
  AddCommonOptions(table, settings.common);
  return table;
}

base::Result<std::vector<int>> Sizes(const std::vector<std::string>& words, int most) {
  std::vector<int> sizes;
  for (const std::string& word : words) {
    const auto size = ParseInteger(word, 1, most);
    if (!size) return base::Fail(base::Code::kInvalidArgument, size.error().message, "--batches");
    sizes.push_back(*size);
  }
  if (words.empty()) {
    for (int size = 1; size < most; size *= 2) sizes.push_back(size);
    sizes.push_back(most);
  }
  std::ranges::sort(sizes);
  const auto repeats = std::ranges::unique(sizes);
  sizes.erase(repeats.begin(), repeats.end());
  return sizes;
}

base::Result<std::vector<std::string>> StagesOf(const engine::Catalog& catalog,
                                                const std::vector<std::string>& names) {
  std::vector<std::string> known;
  for (const engine::StagePlace& place : catalog.Stages()) known.push_back(place.text());
  for (const std::string& name : names) {
    if (std::ranges::find(known, name) != known.end()) continue;
    return base::Fail(
        base::Code::kInvalidArgument,
        fmt::format("is not a component with a model; choose from {}", fmt::join(known, ", ")),
        name);
  }
  return names.empty() ? known : names;
}

class ModelBench {
 public:
  ModelBench(const BenchModelSettings& settings, const engine::Catalog& catalog,
             const base::Clock& clock, Console& console, const base::CancelToken& cancel)
      : settings_(settings), catalog_(catalog), clock_(clock), console_(console), cancel_(cancel) {}

  base::Result<contracts::CostRow> Measure(const engine::StagePlace& place,
                                           const measure::Session& session, int threads) const {
    const engine::RunModels provider(PlacesOf(settings_.models), threads, {});
    const components::StageDefinition& stage = place.stage;
    auto model = catalog_.OpenModel(place.component, stage, provider);
    if (!model) return std::unexpected(model.error());
    const auto sizes = Sizes(settings_.batches, model->max_batch);
    if (!sizes) return std::unexpected(sizes.error());
    std::vector<measure::ModelMemoryFigures> memory;
    for (const int size : *sizes) {
      const auto figures = MemoryOf(place, *model, threads, size);
      if (!figures) return std::unexpected(figures.error());
      memory.push_back(*figures);
      console_.Note(fmt::format("{}  batch {}: {:.0f} MiB in addition to {:.0f} MiB of the model",
                                place.text(), size, figures->batch_mb, figures->fixed_mb));
    }
    const auto times = measure::MeasureBatches(*model->model, stage.sample, *sizes,
                                               settings_.protocol, clock_, cancel_);
    if (!times) return std::unexpected(times.error());
    return measure::ModelRow(session,
                             {.component = place.component.name,
                              .stage = stage.name,
                              .owner = place.component.owner,
                              .unit = stage.unit,
                              .used = model->used,
                              .max_batch = sizes->back(),
                              .in_order = stage.in_order,
                              .threads = threads},
                             *sizes, *times, memory);
  }

 private:
  base::Result<measure::ModelMemoryFigures> MemoryOf(const engine::StagePlace& place,
                                                     const engine::OpenedModel& model, int threads,
                                                     int size) const {
    if (model.endpoint.empty())
      return MeasureModelMemoryInChild(place.text(), settings_.models, threads, size, cancel_);
    // The server's memory is the server's; here a batch is its tensors, on their way out and as
    // they were pushed.
    constexpr double kMib = 1 << 20;
    const components::SampleUnit& sample = place.stage.sample;
    return measure::ModelMemoryFigures{
        .fixed_mb = 0,
        .batch_mb =
            2.0 * size * static_cast<double>(sample.data.size() + sample.state.size()) / kMib};
  }

  const BenchModelSettings& settings_;
  const engine::Catalog& catalog_;
  const base::Clock& clock_;
  Console& console_;
  const base::CancelToken& cancel_;
};

std::string Text(const std::vector<contracts::CostRow>& rows, bool color) {
  Table table({{"component"},
               {"runtime"},
               {"threads", Align::kRight},
               {"batch", Align::kRight},
               {"ms", Align::kRight},
               {"ms per unit", Align::kRight},
               {"units per s", Align::kRight},
               {"MiB", Align::kRight}});
  for (const contracts::CostRow& row : rows) {
    for (const contracts::CostPoint& point : row.points) {
      table.AddRow({row.subject->component, row.subject->runtime, fmt::format("{}", row.threads),
                    fmt::format("{}", point.batch), costs::MsText(point.ms),
                    costs::MsText(point.ms / point.batch),
                    fmt::format("{:.1f}", 1e3 * point.batch / point.ms),
                    point.peak_mb ? fmt::format("{:.0f}", *point.peak_mb) : "N/A"});
    }
  }
  return table.Render(color);
}

int RunBenchModelCall(const BenchModelSettings& settings, const engine::Catalog& catalog,
                      const std::vector<std::string>& arguments, Console& console,
                      const base::CancelToken& cancel) {
  const auto stages = StagesOf(catalog, arguments);
  if (!stages) return console.Fail(stages.error());
  const auto folder = BenchFolder(settings.out);
  if (!folder) return console.Fail(folder.error());
  const auto clock = ChooseClock();
  if (!clock) return console.Fail(clock.error());
  auto session = MakeSession(folder->path(), settings.protocol);
  if (!session) return console.Fail(session.error());
  session->date = base::Iso8601((*clock)->Wall());
  const int threads = settings.common.threads > 0
                          ? settings.common.threads
                          : static_cast<int>(session->device->cores_allowed);
  const ModelBench bench(settings, catalog, **clock, console, cancel);
  std::vector<contracts::CostRow> rows;
  int failed = 0;
  for (const std::string& stage : *stages) {
    auto row = bench.Measure(*catalog.FindStage(stage), *session, threads);
    if (!row && row.error().code == base::Code::kCancelled) return console.Fail(row.error());
    if (!row) {
      ++failed;
      console.Error(row.error().Text());
      continue;
    }
    std::string name = fmt::format("{}-{}-{}.json", stage, row->subject->runtime, threads);
    std::ranges::replace(name, '/', '.');
    if (auto written = folder->Write(folder->path() / "model" / name, *row); !written)
      return console.Fail(written.error());
    rows.push_back(std::move(*row));
  }
  const auto collected = folder->WriteTable();
  if (!collected) return console.Fail(collected.error());
  for (const std::string& file : collected->left_out) console.Warn("not in the table: " + file);
  if (console.json()) {
    console.Out(base::Pretty(
        {{"table", folder->table().string()}, {"rows", rows.size()}, {"failed", failed}}));
  } else if (!rows.empty()) {
    console.Out(Text(rows, console.out_color()));
  }
  return failed > 0 ? kExitSomeFailed : kExitDone;
}

}  // namespace

int BenchModel(const Invocation& call) {
  BenchModelSettings settings;
  const OptionTable table = MakeBenchModelTable(settings);
  Console console(fmt::format("reelbatch {}", kBenchModelText.name));
  const CommandLine line = ReadCommandLine(kBenchModelText, table, settings.common, call, console);
  if (line.exit_code) return *line.exit_code;
  static base::CancelToken cancel;  // signal handlers may use it until the process is gone
  StopOnSignals(cancel, settings.common.quiet);
  return console.Finish(
      RunBenchModelCall(settings, *call.catalog, line.arguments, console, cancel));
}

}  // namespace reelbatch::app
