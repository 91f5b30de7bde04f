#include "apps/reelbatch/bench/model_memory_child.h"

#include <fmt/format.h>

#include "apps/reelbatch/bench/memory_child.h"
#include "apps/reelbatch/console.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/models/model_options.h"
#include "apps/reelbatch/option_values.h"
#include "engine/run_models.h"
#include "measure/child_process.h"
#include "measure/process_memory.h"

namespace reelbatch::app {

base::Result<measure::ModelMemoryFigures> MeasureModelMemoryInChild(
    const std::string& component, const ModelOptions& models, int threads, int size,
    const base::CancelToken& cancel) {
  const measure::ChildCall call{.words = {"/proc/self/exe", "bench", kModelMemory, component,
                                          models.folder.value_or("").native(),
                                          fmt::format("{}", threads), fmt::format("{}", size)},
                                .environment = OwnEnvironment()};
  const auto answer = measure::RunChild(call, cancel);
  if (!answer) return std::unexpected(answer.error());
  return measure::ParseModelMemoryJson(*answer);
}

int ModelMemory(const engine::Catalog& catalog, const std::vector<std::string>& words) {
  Console console(std::string("reelbatch bench ") + kModelMemory);
  console.Configure({});
  constexpr int kMost = 1 << 16;
  const components::ComponentDefinition* const component =
      words.size() == 4 ? catalog.Find(words[0]) : nullptr;
  const auto threads = ParseInteger(words.size() == 4 ? words[2] : "", 1, kMost);
  const auto size = ParseInteger(words.size() == 4 ? words[3] : "", 1, kMost);
  if (component == nullptr || !component->stage || !threads || !size) {
    return console.Finish(
        console.Fail({base::Code::kInvalidArgument, "is started by `bench model`, not by people",
                      kModelMemory}));
  }
  ModelOptions options;
  if (!words[1].empty()) options.folder = words[1];
  const double before_mb = measure::ReadProcessMemory().rss_mb.value_or(0);
  const engine::RunModels models(PlacesOf(options), *threads, {});
  const auto model = catalog.OpenModel(*component, models);
  if (!model) return console.Finish(console.Fail(model.error()));
  const auto figures =
      measure::ProbeBatchMemory(*model->model, component->stage->sample, *size, before_mb);
  if (!figures) return console.Finish(console.Fail(figures.error()));
  console.Out(measure::ModelMemoryJson(*figures));
  return console.Finish(kExitDone);
}

}  // namespace reelbatch::app
