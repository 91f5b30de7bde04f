#include "engine/detect.h"

#include <utility>

#include "base/clock.h"
#include "engine/session.h"
#include "engine/sinks.h"

namespace reelbatch::engine {

base::Result<Detected> DetectInMemory(const DetectRequest& request, const Catalog& catalog,
                                      runtime::RunObserver* observer,
                                      const base::CancelToken& cancel) {
  MemorySink sink(request.videos.size(),
                  request.keep_arrays ? MemorySink::Signals::kKeep : MemorySink::Signals::kDrop);
  const base::SystemClock clock;
  auto session = Session::Open({.catalog = catalog,
                                .config = request.config,
                                .work = request.work,
                                .threads = request.threads,
                                .sink = &sink,
                                .videos = request.videos.size(),
                                .adjust = request.adjust},
                               clock, cancel);
  if (!session) return std::unexpected(session.error());
  std::vector<store::SourceInput> inputs;
  for (const std::filesystem::path& video : request.videos)
    inputs.push_back({.path = video.native(), .relative_path = {}});
  if (const auto submitted = (*session)->Submit(inputs); !submitted)
    return std::unexpected(submitted.error());
  (*session)->Close();
  (*session)->Observe(observer, nullptr);
  Detected detected{.report = (*session)->Watch().run, .outcomes = {}};
  detected.outcomes = sink.Take();
  return detected;
}

}  // namespace reelbatch::engine
