#include "engine/detect.h"

#include <utility>

#include "base/clock.h"
#include "engine/run_setup.h"
#include "engine/sinks.h"
#include "measure/machine.h"

namespace reelbatch::engine {

Detected DetectInMemory(const DetectRequest& request, const Catalog& catalog,
                        runtime::RunObserver* observer, const base::CancelToken& cancel) {
  std::vector<runtime::Input> inputs;
  inputs.reserve(request.videos.size());
  for (const std::filesystem::path& video : request.videos)
    inputs.push_back({.id = static_cast<int>(inputs.size()), .path = video});
  MemorySink sink(inputs.size(),
                  request.keep_arrays ? MemorySink::Signals::kKeep : MemorySink::Signals::kDrop);
  runtime::RunDependencies dependencies = MakeDependencies(request.config, catalog);
  if (request.adjust) request.adjust(dependencies);
  const base::SystemClock clock;
  Detected detected;
  detected.report = runtime::Run(
      inputs, MakeRunOptions(request.config, request.work, request.threads, measure::ReadMachine()),
      dependencies, sink, observer, clock, cancel);
  detected.outcomes = sink.Take();
  return detected;
}

}  // namespace reelbatch::engine
