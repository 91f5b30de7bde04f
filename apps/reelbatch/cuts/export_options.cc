#include "apps/reelbatch/cuts/export_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <utility>
#include <vector>

#include "apps/reelbatch/options.h"
#include "apps/reelbatch/progress_bar.h"
#include "base/units.h"
#include "store/exports/frame_rates.h"

namespace reelbatch::app {
namespace {

Option LengthOption(std::string name, std::string help, std::optional<double>& target) {
  Option option{.name = std::move(name), .value_name = "DUR", .help = std::move(help)};
  option.set = [&target](const std::string& text) -> base::Status {
    const auto seconds = base::ParseSeconds(text);
    if (!seconds) return std::unexpected(seconds.error());
    if (*seconds <= 0)
      return base::Fail(base::Code::kInvalidArgument, "the duration must be longer than 0 seconds");
    target = *seconds;
    return {};
  };
  return option;
}

}  // namespace

void AddClockOptions(OptionTable& table, store::ClockOptions& clock) {
  Option rate{.name = "export-rate",
              .value_name = "R",
              .help =
                  "Count frames in --edl, --otio and --xmeml at R frames per second: a number or a "
                  "ratio, e.g. 25, 29.97 or 30000/1001 (default: the rate of the video)"};
  rate.set = [&clock](const std::string& text) -> base::Status {
    const auto parsed = store::ParseRate(text);
    if (!parsed) return std::unexpected(parsed.error());
    clock.rate = *parsed;
    return {};
  };
  table.Add(std::move(rate));
  constexpr std::array kModes = {store::DropFrame::kAuto, store::DropFrame::kYes,
                                 store::DropFrame::kNo};
  table.Add(ChoiceOption(
      "drop-frame",
      "Write drop-frame timecode: auto, yes or no (default auto: as the timecode of the video "
      "does; without one, at 29.97 and 59.94 frames per second)",
      {"auto", "yes", "no"}, [&clock, kModes](size_t index) { clock.drop_frame = kModes[index]; }));
}

void AddShotLengthOptions(OptionTable& table, contracts::ShotLengths& lengths) {
  table.Add(LengthOption(
      "min-shot",
      "Merge shots shorter than DUR with the more similar neighbour, in all outputs (default: off)",
      lengths.min_s));
  table.Add(LengthOption("max-shot",
                         "Divide shots longer than DUR into parts of about equal length, at nearby "
                         "frames with little change, in all outputs (default: off)",
                         lengths.max_s));
}

std::string ShotLengthText(const store::ShotLengthChanges& changes) {
  std::vector<std::string> parts;
  if (changes.merged > 0)
    parts.push_back(
        fmt::format("--min-shot merged {} with a neighbour", Count(changes.merged, "short shot")));
  if (changes.divided > 0) {
    parts.push_back(
        fmt::format("--max-shot divided {} into {}, {}", Count(changes.divided, "long shot"),
                    Count(changes.parts, "part"),
                    changes.quiet ? "each at a frame with little change"
                                  : "evenly, because the signals of the frames are not available"));
  }
  if (changes.undivided > 0) {
    parts.push_back(fmt::format(
        "{} longer than --max-shot: the parts would be shorter than --min-shot "
        "or than a frame",
        changes.undivided == 1 ? "1 shot stays" : fmt::format("{} shots stay", changes.undivided)));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace reelbatch::app
