#include "apps/reelbatch/bench/bench_session.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "apps/reelbatch/build_info.h"
#include "apps/reelbatch/inputs.h"
#include "base/atomic_file.h"
#include "base/hash.h"
#include "base/text.h"
#include "engine/this_device.h"
#include "measure/device_profile.h"
#include "measure/noise_input.h"
#include "measure/nvml.h"
#include "measure/real_input.h"
#include "reel/demo_reel.h"
#include "store/source_file.h"
#include "vision/simd.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kSeed = 1;
constexpr size_t kShownDigits = 16;  // of a hash in a description

/// How the table will be named in its rows: relative to the working folder where it lies below it,
/// else by the names of folder and file alone.
std::string TablePath(const fs::path& out) {
  const fs::path table = fs::absolute(out).lexically_normal() / measure::RowFolder::kTable;
  const fs::path below = table.lexically_relative(fs::current_path());
  const bool outside = below.empty() || *below.begin() == "..";
  const fs::path folder = table.parent_path().filename();
  return base::ValidUtf8((outside ? folder / table.filename() : below).generic_string());
}

base::Result<fs::path> MakeTemporaryFolder() {
  std::error_code error;
  std::string name = (fs::temp_directory_path(error) / "reelbatch_bench_XXXXXX").string();
  if (error || mkdtemp(name.data()) == nullptr) {
    return std::unexpected(base::FileError(error ? error.value() : errno, "cannot be made", name));
  }
  return fs::path(name);
}

}  // namespace

base::Result<measure::Session> MakeSession(const fs::path& out, const measure::Protocol& protocol) {
  const auto program = base::Sha256HexOfFile("/proc/self/exe", nullptr);
  if (!program) return std::unexpected(program.error());
  const BuildInfo built = BuiltFrom();
  measure::Session session;
  session.device = std::make_shared<contracts::DeviceProfile>(engine::ThisDevice());
  session.commit = built.commit;
  session.dirty = built.dirty;
  session.program = program->substr(0, kShownDigits);
  session.protocol = protocol;
  session.table_path = TablePath(out);
  return session;
}

BenchInput::BenchInput(BenchInput&& other) noexcept
    : videos_(std::move(other.videos_)),
      temporary_(std::exchange(other.temporary_, {})),
      description_(std::move(other.description_)) {}

BenchInput::~BenchInput() {
  std::error_code ignored;
  if (!temporary_.empty()) fs::remove_all(temporary_, ignored);
}

base::Result<BenchInput> BenchInput::Make(const BenchSettings& settings,
                                          const std::vector<std::string>& arguments,
                                          const base::CancelToken& cancel) {
  std::vector<std::string> named = arguments;
  if (settings.videos) named.insert(named.begin(), settings.videos->native());
  BenchInput input;
  if (settings.input == contracts::InputKind::kNoise) {
    if (!named.empty()) {
      return base::Fail(base::Code::kInvalidArgument,
                        "videos are used with --input real only; --input noise needs none",
                        named.front());
    }
    input.description_ = fmt::format("seed {}", kSeed);
    return input;
  }
  if (named.empty()) {
    auto folder = MakeTemporaryFolder();
    if (!folder) return std::unexpected(folder.error());
    input.temporary_ = *folder;
    const auto made = reel::MakeDemoReel(*folder, {.seed = kSeed});
    if (!made) return std::unexpected(made.error());
    input.videos_.push_back(made->video);
  } else {
    auto inputs = ExpandInputs(named, {.cancel = &cancel});
    if (!inputs) return std::unexpected(inputs.error());
    input.videos_ = std::move(inputs->videos);
  }
  if (auto described = input.Describe(cancel); !described)
    return std::unexpected(described.error());
  return input;
}

base::Status BenchInput::Describe(const base::CancelToken& cancel) {
  for (const fs::path& video : videos_) {
    const auto hash = store::ContentSha256(video, &cancel);
    if (!hash) return std::unexpected(hash.error());
    description_ +=
        fmt::format("{}{} sha256:{}", description_.empty() ? "" : ", ",
                    base::ValidUtf8(video.filename().native()), hash->substr(0, kShownDigits));
  }
  return {};
}

base::Result<measure::FrameStack> BenchInput::Frames(const contracts::InputBucket& bucket,
                                                     int frames,
                                                     const base::CancelToken& cancel) const {
  auto stack = measure::FrameStack::Make({.width = bucket.width,
                                          .height = bucket.height,
                                          .frames = frames,
                                          .fps = bucket.fps > 0 ? bucket.fps : 30});
  if (!stack) return stack;
  if (videos_.empty()) {
    measure::FillWithNoise(*stack, kSeed);
  } else if (auto filled = measure::FillFromVideos(*stack, videos_, cancel); !filled) {
    return std::unexpected(filled.error());
  }
  return stack;
}

}  // namespace reelbatch::app
