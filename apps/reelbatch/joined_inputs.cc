#include "apps/reelbatch/joined_inputs.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <string_view>

#include "apps/reelbatch/terminal.h"
#include "media/joined_files.h"

namespace reelbatch::app {
namespace {

/// How to get one file of several, for what needs one.
constexpr std::string_view kJoinFirst =
    "cannot be combined with --concat: join the files first (ffmpeg -f concat -i LIST.txt -c copy "
    "JOINED.mkv), or remove --concat to split every file";

base::Status RefuseJoinedInputs(std::string_view option, std::string message) {
  return base::Fail(base::Code::kInvalidArgument, std::move(message), std::string(option));
}

}  // namespace

base::Status CheckConcat(const CutsSettings& settings, const InputList& inputs) {
  if (!settings.concat) return {};
  if (settings.split_folder) return RefuseJoinedInputs("--split", std::string(kJoinFirst));
  if (settings.split_copy_folder)
    return RefuseJoinedInputs("--split-copy", std::string(kJoinFirst));
  if (inputs.repeats > 0) {
    return RefuseJoinedInputs(
        "--concat",
        "a file is named more than once, but it can be in the timeline only once; use a "
        "copy of it");
  }
  if (!inputs.unreadable.empty()) {
    return RefuseJoinedInputs(
        "--concat", fmt::format("{} cannot be read ({}), and without it the timeline would have a "
                                "gap",
                                ShellQuote(inputs.unreadable.front().path.native()),
                                inputs.unreadable.front().reason));
  }
  return {};
}

void ReadAsOne(const std::vector<std::filesystem::path>& files, const contracts::Sampling& sampling,
               runtime::RunDependencies& dependencies) {
  const auto joined = std::make_shared<media::JoinedFiles>(files);
  dependencies.probe = [joined, sampling](const std::filesystem::path& /*input*/,
                                          const base::CancelToken* cancel) {
    return joined->Probe(sampling, cancel);
  };
  dependencies.open = [joined](const std::filesystem::path& /*input*/,
                               const media::ReaderOptions& options) {
    return joined->Open(options);
  };
  dependencies.plan_ranges = nullptr;
  dependencies.open_range = nullptr;
  dependencies.open_audio = nullptr;
}

}  // namespace reelbatch::app
