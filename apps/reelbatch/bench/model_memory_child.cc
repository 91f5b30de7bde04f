#include "apps/reelbatch/bench/model_memory_child.h"

#include <fmt/format.h>

#include "apps/reelbatch/bench/memory_child.h"
#include "apps/reelbatch/console.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/models/model_options.h"
#include "apps/reelbatch/option_values.h"
#include "base/process.h"
#include "engine/run_models.h"
#include "measure/process_memory.h"

namespace reelbatch::app {

base::Result<measure::ModelMemoryFigures> MeasureModelMemoryInChild(
    const std::string& stage, const ModelOptions& models, int threads, int size,
    const base::CancelToken& cancel) {
  const base::ChildCall call{
      .words = {"/proc/self/exe", "bench", kModelMemory, stage, models.folder.value_or("").native(),
                fmt::format("{}", threads), fmt::format("{}", size)},
      .environment = OwnEnvironment()};
  const auto answer = base::RunChild(call, cancel);
  if (!answer) return std::unexpected(answer.error());
  return measure::ParseModelMemoryJson(*answer);
}

int ModelMemory(const engine::Catalog& catalog, const std::vector<std::string>& words) {
  Console console(std::string("reelbatch bench ") + kModelMemory);
  console.Configure({});
  const auto refuse = [&] {
    return console.Finish(
        console.Fail({base::Code::kInvalidArgument, "is started by `bench model`, not by people",
                      kModelMemory}));
  };
  if (words.size() != 4) return refuse();
  constexpr int kMost = 1 << 16;
  const auto place = catalog.FindStage(words[0]);
  const auto threads = ParseInteger(words[2], 1, kMost);
  const auto size = ParseInteger(words[3], 1, kMost);
  if (!place || !threads || !size) return refuse();
  ModelOptions options;
  if (!words[1].empty()) options.folder = words[1];
  const double before_mb = measure::ReadProcessMemory().rss_mb.value_or(0);
  const engine::RunModels models(PlacesOf(options), *threads, {});
  const auto model = catalog.OpenModel(place->component, place->stage, models);
  if (!model) return console.Finish(console.Fail(model.error()));
  const auto figures =
      measure::ProbeBatchMemory(*model->model, place->stage.sample, *size, before_mb);
  if (!figures) return console.Finish(console.Fail(figures.error()));
  console.Out(measure::ModelMemoryJson(*figures));
  return console.Finish(kExitDone);
}

}  // namespace reelbatch::app
