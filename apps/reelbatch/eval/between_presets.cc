#include "apps/reelbatch/eval/between_presets.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "apps/reelbatch/cuts/export_format.h"
#include "apps/reelbatch/eval/detect_now.h"
#include "apps/reelbatch/table.h"
#include "base/atomic_file.h"
#include "base/clock.h"
#include "base/json_text.h"
#include "base/text.h"
#include "eval/preset_report.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

constexpr std::array kPresets = {contracts::Preset::kDefault, contracts::Preset::kQuality,
                                 contracts::Preset::kFast};
const std::string kReference(contracts::PresetName(contracts::Preset::kDefault));

struct Size {
  std::string name;
  int width = 0;  // 0: the video's own
  int height = 0;
};

/// The cuts of every clip with every preset; clips that could not be decoded are left out.
base::Result<std::vector<eval::PresetTimes>> TimesOf(const EvalSettings& settings, const Size& size,
                                                     const std::vector<fs::path>& clips,
                                                     Console& console,
                                                     const base::CancelToken& cancel) {
  std::vector<eval::PresetTimes> videos(clips.size());
  for (const contracts::Preset preset : kPresets) {
    contracts::RunConfig config = settings.config;
    config.preset = preset;
    if (size.width > 0) {
      config.sampling.analysis_width = size.width;
      config.sampling.analysis_height = size.height;
    }
    const auto outcomes = DetectNow(clips, config, settings, true, console, cancel);
    if (!outcomes) return std::unexpected(outcomes.error());
    for (size_t i = 0; i < clips.size(); ++i) {
      const auto& outcome = (*outcomes)[i];
      if (!outcome || outcome->fault) continue;
      const contracts::ComponentResult* const found = contracts::ResultWithEvents(*outcome);
      if (found == nullptr) continue;
      eval::PresetTimes& video = videos[i];
      video.video_id = base::ValidUtf8(clips[i].stem().native());
      video.video_path = base::ValidUtf8(clips[i].native());
      video.frames = found->events->timeline_frames;
      video.tolerance_s = eval::ToleranceSeconds(contracts::SignalsOf(*found, {}).timeline.pts_s);
      auto& times = video.times_s[std::string(contracts::PresetName(preset))];
      for (const contracts::Event& event : found->events->events) {
        if (event.splits) times.push_back(event.time_s);
      }
    }
  }
  std::erase_if(videos, [](const auto& video) { return video.times_s.size() < kPresets.size(); });
  return videos;
}

}  // namespace

base::Result<PresetComparison> CompareBetweenPresets(const EvalSettings& settings,
                                                     const fs::path& folder,
                                                     const std::vector<fs::path>& clips,
                                                     Console& console,
                                                     const base::CancelToken& cancel) {
  if (auto made = base::MakeFolders(folder); !made) return std::unexpected(made.error());
  Table table({{"analysed at", Align::kLeft},
               {"against default", Align::kLeft},
               {"cuts", Align::kRight},
               {"same", Align::kRight},
               {"more", Align::kRight},
               {"fewer", Align::kRight},
               {"F1", Align::kRight}});
  PresetComparison comparison{.table = {}, .f1_native = {{kReference, 1}}};
  const std::array sizes = {Size{.name = "native"},
                            Size{.name = "360x640", .width = 360, .height = 640}};
  for (const Size& size : sizes) {
    const auto videos = TimesOf(settings, size, clips, console, cancel);
    if (!videos) return std::unexpected(videos.error());
    const base::Json report = eval::PresetReport(
        *videos, kReference, base::Iso8601(base::SystemClock().Wall()), size.name);
    const fs::path path = folder / ("quality_report_" + size.name + ".json");
    if (auto written = WriteExport(path, base::Pretty(report)); !written)
      return std::unexpected(written.error());
    for (const auto& [preset, figures] : report["stitched"].items()) {
      const base::Json& f1 = figures["f1"];
      if (size.width == 0 && !f1.is_null()) comparison.f1_native[preset] = f1.get<double>();
      table.AddRow({size.name, preset, figures["pred_n"].dump(), figures["tp"].dump(),
                    figures["fp"].dump(), figures["fn"].dump(),
                    f1.is_null() ? "-" : fmt::format("{:.3f}", f1.get<double>())});
    }
  }
  comparison.table = table.Render(console.out_color());
  return comparison;
}

}  // namespace reelbatch::app
