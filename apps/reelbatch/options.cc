#include "apps/reelbatch/options.h"

#include <fmt/format.h>

#include <utility>

#include "apps/reelbatch/crop_option.h"
#include "apps/reelbatch/option_values.h"
#include "base/units.h"

namespace reelbatch::app {
namespace {

constexpr int kMaxSide = 16384;  // px; the codecs' own bound
constexpr int kMinSide = 16;     // px: the SSIM window is 7 px wide and needs an inside
constexpr double kMaxFps = 1000;
constexpr double kMinPictureFps = 0.001;

Option DelayOption(std::string name, std::string help, std::chrono::milliseconds& target) {
  Option option{.name = std::move(name), .value_name = "DUR", .help = std::move(help)};
  option.set = [&target](const std::string& text) -> base::Status {
    const auto seconds = base::ParseSeconds(text);
    if (!seconds) return std::unexpected(seconds.error());
    constexpr double kDay = 86400;
    if (*seconds > kDay)
      return base::Fail(base::Code::kInvalidArgument,
                        fmt::format("'{}' is out of range; use 0 to 24h", OneLine(text)));
    target = std::chrono::round<std::chrono::milliseconds>(std::chrono::duration<double>(*seconds));
    return {};
  };
  return option;
}

Option TimeOption(std::string name, std::string help, std::optional<double>& target) {
  Option option{.name = std::move(name), .value_name = "TIME", .help = std::move(help)};
  option.set = [&target](const std::string& text) {
    return Store(base::ParseSeconds(text), target);
  };
  return option;
}

/// A rate or a side of the frames: for all components as VALUE or all=VALUE, for one as NAME=VALUE.
template <class T>
struct FrameField {
  std::string name;  // of the option
  std::string value_name;
  std::string help;
  std::optional<T> contracts::Sampling::* for_all;
  std::optional<T> contracts::FrameChoice::* for_one;
  std::function<base::Result<T>(const std::string&)> parse;
};

template <class T>
Option FrameOption(FrameField<T> field, contracts::RunConfig& config,
                   const std::vector<std::string>& components) {
  constexpr std::string_view kAll = "all";
  Option option{.name = field.name,
                .value_name = field.value_name,
                .help = field.help,
                .by_component = !components.empty()};
  if (option.by_component)
    option.help += "; NAME=" + field.value_name +
                   " sets it for one component only; the option may be repeated";
  option.set = [field = std::move(field), components,
                &config](const std::string& text) -> base::Status {
    const size_t equals = components.empty() ? std::string::npos : text.find('=');
    if (equals == std::string::npos)
      return Store(field.parse(text), config.sampling.*field.for_all);
    const std::string name = text.substr(0, equals);
    const auto value = field.parse(text.substr(equals + 1));
    if (name == kAll) return Store(value, config.sampling.*field.for_all);
    if (const auto known = ParseChoice(name, components); !known)
      return std::unexpected(known.error());
    if (!value)
      return base::Fail(value.error().code, fmt::format("{}: {}", name, value.error().message));
    config.sampling_of[name].*field.for_one = *value;
    return {};
  };
  return option;
}

Option SideOption(FrameField<int> field, contracts::RunConfig& config,
                  const std::vector<std::string>& components) {
  field.parse = [](const std::string& text) { return ParseInteger(text, kMinSide, kMaxSide); };
  return FrameOption(std::move(field), config, components);
}

}  // namespace

void AddEffortOptions(OptionTable& table, contracts::RunConfig& config) {
  table.Add(ChoiceOption("preset",
                         "Choose how much to compute: auto, quality, default or fast (default "
                         "auto: by the size of each video)",
                         {"auto", "quality", "default", "fast"}, [&config](size_t i) {
                           config.preset.reset();
                           if (i == 1) config.preset = contracts::Preset::kQuality;
                           if (i == 2) config.preset = contracts::Preset::kDefault;
                           if (i == 3) config.preset = contracts::Preset::kFast;
                         }));
  Option emergency{.name = "emergency-fast",
                   .takes = Takes::kNothing,
                   .value_name = "",
                   .help =
                       "Use preset fast for videos whose shorter side is above 720 pixels, where "
                       "--preset is auto; for an overloaded machine (default: off)"};
  emergency.set = [&config](const std::string& text) -> base::Status {
    const auto wanted = ParseSwitch(text);
    if (!wanted) return std::unexpected(wanted.error());
    if (*wanted) config.overload = contracts::Overload::kEmergency;
    return {};
  };
  table.Add(std::move(emergency));
  table.Add(ChoiceOption("loop-filter",
                         "Run the deblocking filter of decoders: auto, keep or skip (default auto: "
                         "skip with preset fast, else keep)",
                         {"auto", "keep", "skip"}, [&config](size_t i) {
                           config.loop_filter = static_cast<contracts::LoopFilter>(i);
                         }));
}

void AddFrameOptions(OptionTable& table, contracts::RunConfig& config,
                     const std::vector<std::string>& components) {
  using contracts::FrameChoice;
  using contracts::Sampling;
  table.Group("Which frames");
  Sampling& sampling = config.sampling;
  table.Add(FrameOption<double>(
      {.name = "analysis-fps",
       .value_name = "F",
       .help = "Analyse this many frames per second (default: all frames)",
       .for_all = &Sampling::analysis_fps,
       .for_one = &FrameChoice::analysis_fps,
       .parse = [](const std::string& text) { return ParseAbove(text, 0, kMaxFps); }},
      config, components));
  table.Add(SideOption({.name = "analysis-width",
                        .value_name = "W",
                        .help = "Scale frames to this width in pixels before the analysis "
                                "(default: no scaling; one side alone keeps the aspect ratio)",
                        .for_all = &Sampling::analysis_width,
                        .for_one = &FrameChoice::analysis_width,
                        .parse = {}},
                       config, components));
  table.Add(SideOption(
      {.name = "analysis-height",
       .value_name = "H",
       .help = "Scale frames to this height in pixels before the analysis (default: no scaling)",
       .for_all = &Sampling::analysis_height,
       .for_one = &FrameChoice::analysis_height,
       .parse = {}},
      config, components));
  table.Add(CropOption(sampling.crop));
  table.Add(TimeOption("start",
                       "Start the analysis at this time, as players count it: 12.5, 90s, 2m or "
                       "00:01:30.5 (default: the start)",
                       sampling.start_s));
  table.Add(
      TimeOption("end", "Stop the analysis before this time (default: the end)", sampling.end_s));
  Option picture_fps{
      .name = "fps",
      .value_name = "F",
      .help =
          "Read picture sequences at this many pictures per second, e.g. 24 or 30000/1001 (default "
          "25); also read picture sequences in folders that hold videos"};
  picture_fps.set = [&sampling](const std::string& text) -> base::Status {
    const auto rate = ParseRate(text, kMaxFps);
    if (rate && *rate < kMinPictureFps) {
      return base::Fail(base::Code::kInvalidArgument,
                        fmt::format("'{}' is out of range; use a number from {} to {}",
                                    OneLine(text), kMinPictureFps, kMaxFps));
    }
    return Store(rate, sampling.picture_fps);
  };
  table.Add(std::move(picture_fps));
  table.Add(IntegerOption("stream", "N",
                          "Analyse the video stream with this index (default: FFmpeg's choice)", 0,
                          65535, sampling.stream));
}

void AddWorkOptions(OptionTable& table, engine::WorkOptions& options) {
  table.Group("Resources and failures");
  Option memory{.name = "max-memory",
                .value_name = "SIZE",
                .help =
                    "Use at most this much memory for decoded frames and waiting units, e.g. 512M "
                    "or 2G (default: half of the available memory)"};
  memory.set = [&options](const std::string& text) {
    return Store(base::ParseBytes(text), options.max_memory_bytes);
  };
  table.Add(std::move(memory));
  table.Add(IntegerOption("videos-in-flight", "N",
                          "Decode at most N videos at the same time (default: as many as threads)",
                          1, kMaxThreads, options.videos_in_flight));
  Option stall{.name = "stall-timeout",
               .value_name = "DUR",
               .help =
                   "Stop a video that delivers no frame, or a model that gives no answer, for this "
                   "long (default 60s; 0: never)"};
  stall.set = [&options](const std::string& text) -> base::Status {
    const auto seconds = base::ParseSeconds(text);
    if (!seconds) return std::unexpected(seconds.error());
    constexpr double kDay = 86400;
    if (*seconds > kDay) {
      return base::Fail(base::Code::kInvalidArgument,
                        fmt::format("'{}' is out of range; use 0 to 24h", OneLine(text)));
    }
    options.stall_timeout = std::chrono::milliseconds(static_cast<int64_t>(*seconds * 1000));
    return {};
  };
  table.Add(std::move(stall));
  table.Add(SwitchOption(
      "fail-fast", "Stop the run at the first video that fails (default: go on with the others)",
      options.fail_fast));
}

void AddBatchOptions(OptionTable& table, engine::WorkOptions& options) {
  table.Group("Batches of units from several videos (components with a model)");
  table.Add(ChoiceOption(
      "executor",
      "Run models with this executor: auto, inprocess, triton, or serial, which runs one unit at a "
      "time and gives the same results (default auto: triton with --triton-url, else inprocess)",
      {"auto", "inprocess", "serial", "triton"},
      [&options](size_t index) { options.executor = static_cast<engine::Executor>(index); }));
  constexpr int kMostLanes = 256;
  table.Add(
      CountOption("executor-lanes",
                  "Run at most N batches at the same time (default: 1 in process, 2 on a server)",
                  1, kMostLanes, options.executor_lanes));
  table.Add(ChoiceOption(
      "isolation",
      "Where models on this machine run: worker (default; each in a process of its own, so that a "
      "crash or a lack of memory ends no run) or none (in this process)",
      {"worker", "none"},
      [&options](size_t index) { options.isolation = static_cast<engine::Isolation>(index); }));
  table.Add(DelayOption("max-queue-delay",
                        "Let a unit wait at most this long for its batch to fill (default 10s)",
                        options.max_queue_delay));
  table.Add(DelayOption("oom-backoff",
                        "Wait this long before the units of a batch that ran out of memory are "
                        "retried in smaller batches (default 2s)",
                        options.oom_backoff));
}

void AddDeadlineOption(OptionTable& table, engine::WorkOptions& options,
                       contracts::RunConfig& config) {
  Option deadline{.name = "deadline",
                  .value_name = "DUR",
                  .help =
                      "Use preset fast for videos whose shorter side is above 720 pixels, where "
                      "--preset is auto, while the run is predicted to take longer than this, e.g. "
                      "90m (default: no deadline)"};
  deadline.set = [&options, &config](const std::string& text) -> base::Status {
    const auto seconds = base::ParseSeconds(text);
    if (!seconds) return std::unexpected(seconds.error());
    if (*seconds <= 0)
      return base::Fail(base::Code::kInvalidArgument,
                        "the time must be longer than 0: --deadline 90m");
    options.deadline =
        std::chrono::round<std::chrono::milliseconds>(std::chrono::duration<double>(*seconds));
    if (config.overload == contracts::Overload::kNone)
      config.overload = contracts::Overload::kDeadline;
    return {};
  };
  table.Add(std::move(deadline));
}

base::Status CheckFrameOptions(const contracts::RunConfig& config) {
  const auto& start = config.sampling.start_s;
  const auto& end = config.sampling.end_s;
  if (end && *end <= 0)
    return base::Fail(base::Code::kInvalidArgument, "the time must be later than 0: --end 10s",
                      "--end");
  if (end && start && *start >= *end) {
    return base::Fail(
        base::Code::kInvalidArgument,
        fmt::format("{} s is not before --end {} s: choose an earlier start or a later end", *start,
                    *end),
        "--start");
  }
  return {};
}

}  // namespace reelbatch::app
