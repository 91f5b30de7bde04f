#include "media/video_stills.h"

#include <map>

#include "fmt/format.h"
#include "media/decoded_source.h"
#include "media/still_picture.h"
#include "media/stream_info.h"
#include "media/tone_map.h"

namespace reelbatch::media {
namespace {

std::string ColourWarning(const PictureColours& colours) {
  const char* to = "its images are sRGB: ";
  if (colours.transfer == AVCOL_TRC_SMPTE2084)
    return std::string(to) + "HDR (PQ) is tone-mapped by BT.2390 to SDR";
  if (colours.transfer == AVCOL_TRC_ARIB_STD_B67)
    return std::string(to) + "HDR (HLG) is tone-mapped by BT.2390 to SDR";
  return std::string(to) +
         "its wide gamut is converted to BT.709, and colours outside of BT.709 are clipped";
}

/// The warnings that the first written frame gives.
std::vector<std::string> WarningsOf(const DecodedSource& source) {
  std::vector<std::string> warnings;
  if (const PictureColours colours = source.colours(); ToneMap::Needed(colours))
    warnings.push_back(ColourWarning(colours));
  if (source.info().alpha)
    warnings.emplace_back("its images do not contain the transparency (alpha)");
  return warnings;
}

}  // namespace

base::Result<WrittenStills> WriteStills(const std::filesystem::path& video,
                                        const contracts::Sampling& sampling,
                                        const std::vector<StillRequest>& requests,
                                        const StillOptions& options,
                                        const base::CancelToken* cancel) {
  std::multimap<contracts::FrameIndex, const std::filesystem::path*> wanted;
  for (const StillRequest& request : requests) wanted.emplace(request.frame, &request.output);
  // All frames, at their own size; one thread, so that a damaged file gives the frames that were
  // analysed.
  ReaderOptions reading;
  reading.cancel = cancel;
  reading.sampling.start_s = sampling.start_s;
  reading.sampling.end_s = sampling.end_s;
  reading.sampling.stream = sampling.stream;
  reading.sampling.picture_fps = sampling.picture_fps;
  const auto source = OpenDecoded(video, reading);
  if (!source) return std::unexpected(source.error());
  WrittenStills written;
  while (!wanted.empty()) {
    const auto frame = (*source)->Next();
    if (!frame) return std::unexpected(frame.error());
    if (*frame == nullptr) {
      return base::Fail(base::Code::kCorrupt,
                        fmt::format("frame {} was not decoded again; the file has changed",
                                    wanted.begin()->first),
                        video.string());
    }
    const auto [first, last] = wanted.equal_range((*frame)->stamp.index);
    if (first == last) continue;
    const AVFrame& picture = (*source)->picture();
    const StillPicture still{.frame = &picture,
                             .colours = (*source)->colours(),
                             .peak_nits = PeakNits(picture, (*source)->stream())};
    if (written.warnings.empty()) written.warnings = WarningsOf(**source);
    for (auto it = first; it != last; ++it) {
      if (auto drawn = WriteStill(still, *it->second, options); !drawn)
        return std::unexpected(drawn.error());
      ++written.pictures;
    }
    wanted.erase(first, last);
  }
  return written;
}

}  // namespace reelbatch::media
