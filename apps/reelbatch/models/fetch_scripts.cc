#include "apps/reelbatch/models/fetch_scripts.h"

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "apps/reelbatch/bench/memory_child.h"
#include "apps/reelbatch/build_info.h"
#include "apps/reelbatch/models/model_options.h"
#include "base/process.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFetchModels = "fetch-models";
constexpr const char* kFetchServer = "fetch-triton";
/// Of one script. A slow line takes an hour for 120 MB; who waits can press Ctrl-C.
constexpr std::chrono::hours kLongest{12};

base::Status RunScript(std::vector<std::string> words, bool quiet,
                       const base::CancelToken& cancel) {
  base::ChildCall call{.words = std::move(words),
                       .environment = OwnEnvironment(),
                       .timeout = kLongest,
                       .group = true};
  if (quiet) call.environment.emplace_back("REELBATCH_FETCH_QUIET=1");
  const std::string script = call.words.front();
  if (auto ran = base::RunChild(call, cancel); !ran) {
    if (ran.error().context.empty()) ran.error().context = script;
    return std::unexpected(std::move(ran.error()));
  }
  return {};
}

}  // namespace

base::Result<fs::path> FetchScripts() {
  std::error_code error;
  std::vector<fs::path> places;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  places.push_back(program.parent_path().parent_path() / "share/reelbatch/tools");
  if (const auto tree = SourceTreeAbove(program)) places.push_back(*tree / "tools");
  if (!BuiltFrom().source.empty()) places.push_back(fs::path(BuiltFrom().source) / "tools");
  std::string tried;
  for (const fs::path& place : places) {
    if (fs::exists(place / kFetchModels, error)) return place;
    tried += fmt::format("{}{}", tried.empty() ? "" : ", ", (place / kFetchModels).string());
  }
  return base::Fail(base::Code::kIo,
                    fmt::format("the scripts that fetch models are not there (looked for {}); "
                                "install reelbatch again, or run tools/fetch-models of its sources",
                                tried));
}

base::Status FetchModels(const FetchRequest& request, const base::CancelToken& cancel) {
  const std::string models = request.models.string();
  const std::string server = (request.scripts / kFetchServer).string();
  if (auto done =
          RunScript({(request.scripts / kFetchModels).string(), models}, request.quiet, cancel);
      !done || !request.servers) {
    return done;
  }
  if (auto done = RunScript({server, models}, request.quiet, cancel); !done) return done;
  return RunScript({server, "--mlserver", models}, request.quiet, cancel);
}

}  // namespace reelbatch::app
