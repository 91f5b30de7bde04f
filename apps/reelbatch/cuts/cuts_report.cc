#include "apps/reelbatch/cuts/cuts_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "apps/reelbatch/progress_bar.h"
#include "apps/reelbatch/table.h"
#include "apps/reelbatch/terminal.h"
#include "base/units.h"
#include "store/exports/player_time.h"

namespace reelbatch::app {
namespace {

std::string Timecode(const components::CutsRecord& record, double pts_s) {
  return base::FormatTimecode(store::PlayerSeconds(record, pts_s));
}

std::string Headline(const std::filesystem::path& video, const components::CutsRecord& record,
                     const contracts::Sampling& sampling, bool color) {
  std::string line = Styled(ShellQuote(video.native()), Style::kBold, color);
  if (const auto files = static_cast<int64_t>(record.sources.size()); files > 1)
    line += fmt::format(" and {} as one video", Count(files - 1, "more file"));
  line += fmt::format("  {}  {}x{}", record.info.codec, record.info.width, record.info.height);
  if (const auto& crop = record.crop)
    line += fmt::format("  crop {}:{}:{}:{}", crop->x, crop->y, crop->width, crop->height);
  const contracts::Rational rate = contracts::RateOf(record);
  if (record.decode.vfr && record.decode.rate.num == 0) {
    line += "  variable rate";
  } else if (rate.num > 0) {
    line += fmt::format("  {:.5g} fps", rate.value());
  }
  const std::string end = record.shots.empty() ? "" : Timecode(record, record.shots.back().end_s);
  if ((sampling.start_s || sampling.end_s) && !record.shots.empty()) {
    // How many frames were decoded on the way says nothing to a reader who asked for a range.
    return line + fmt::format("  range {} to {}: {} analysed\n",
                              Timecode(record, record.shots.front().start_s), end,
                              Count(record.timeline_frames, "frame"));
  }
  line += "  " + Count(record.decode.frames_decoded, "frame");
  if (record.timeline_frames != record.decode.frames_decoded) {
    line += fmt::format(" ({} analysed)", record.timeline_frames);
  }
  return line + (end.empty() ? "" : "  " + end) + "\n";
}

// Nothing for a cut: it lies between a frame and the next.
std::string SpanText(const contracts::Event& event) {
  if (event.type == contracts::EventType::kHard) return "";
  return fmt::format("{}-{}", event.start_frame, event.end_frame);
}

}  // namespace

std::string EvidenceText(const contracts::Evidence& evidence) {
  std::vector<std::string_view> names;
  if (evidence.hist) names.emplace_back("hist");
  if (evidence.ssim) names.emplace_back("ssim");
  if (evidence.flow) names.emplace_back("flow");
  if (evidence.deep) names.emplace_back("deep");
  return fmt::format("{}", fmt::join(names, "+"));
}

std::string CutsText(const std::filesystem::path& video, const components::CutsRecord& record,
                     const contracts::Sampling& sampling, bool color) {
  Table table({{"#", Align::kRight},
               {"frame", Align::kRight},
               {"timecode", Align::kRight},
               {"type", Align::kLeft},
               {"from-to", Align::kLeft},
               {"confidence", Align::kRight},
               {"evidence", Align::kLeft},
               {"", Align::kLeft}});
  for (size_t i = 0; i < record.events.size(); ++i) {
    const contracts::Event& event = record.events[i];
    table.AddRow({fmt::format("{}", i + 1), fmt::format("{}", event.frame),
                  Timecode(record, event.time_s), std::string(contracts::EventTypeName(event.type)),
                  SpanText(event), fmt::format("{:.2f}", event.confidence),
                  EvidenceText(event.evidence),
                  event.near_decode_error ? "near damaged frames" : ""});
  }
  std::string text = Headline(video, record, sampling, color);
  if (!table.empty()) text += table.Render(color, 2);
  const int64_t cuts = contracts::CountCuts(record.events);
  const int64_t observations =
      std::ranges::count_if(record.events, contracts::IsObservation, &contracts::Event::type);
  text += Count(cuts, "cut") + ", " + Count(static_cast<int64_t>(record.shots.size()), "shot");
  if (observations > 0) text += ", " + Count(observations, "observation");
  return text + "\n";
}

/// H.264 has no odd sides where colour is coarser than brightness.
std::string EvenSides(const components::CutsRecord& record,
                      const std::vector<media::WrittenPiece>& written) {
  if (written.empty()) return "";
  const media::WrittenPiece& piece = written.front();
  if (piece.width == record.info.width && piece.height == record.info.height) return "";
  return fmt::format(", scaled to {}x{} because H.264 needs even sides", piece.width, piece.height);
}

std::string PiecesText(const components::CutsRecord& record,
                       const std::vector<media::Piece>& wanted,
                       const std::vector<media::WrittenPiece>& written, bool copied, bool color) {
  Table table({{"shot", Align::kRight},
               {copied ? "cut at" : "start", Align::kRight},
               {copied ? "starts at keyframe" : "", Align::kRight},
               {"frames", Align::kRight},
               {"file", Align::kLeft}});
  for (size_t i = 0; i < written.size() && i < wanted.size(); ++i) {
    table.AddRow({fmt::format("{}", i + 1), Timecode(record, wanted[i].start_s),
                  copied ? Timecode(record, written[i].start_s) : "",
                  fmt::format("{}", written[i].frames), ShellQuote(wanted[i].output.native())});
  }
  const std::string how =
      copied ? "split by copying, without re-encoding: every file starts at the keyframe at or "
               "before the cut and may end with a frame of the next shot"
             : "split by re-encoding: every file has exactly the frames of its shot" +
                   EvenSides(record, written) + (record.info.has_audio ? ", sound as AAC" : "");
  return how + "\n" + table.Render(color, 2);
}

}  // namespace reelbatch::app
