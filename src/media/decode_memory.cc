#include "media/decode_memory.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "media/video_reader.h"

namespace reelbatch::media {
namespace {

constexpr int kMaxDpbFrames = 16;

struct LevelLimit {
  int level;
  int64_t limit;
};

// MaxDpbMbs: macroblocks of the decoded picture buffer.
constexpr std::array kH264Levels = std::to_array<LevelLimit>({
    {10, 396},
    {11, 900},
    {20, 2376},
    {21, 4752},
    {30, 8100},
    {31, 18000},
    {32, 20480},
    {41, 32768},
    {42, 34816},
    {50, 110400},
    {52, 184320},
    {62, 696320},
});
constexpr int kH264UnknownLevel = 41;

// MaxLumaPs: samples of one picture. A level is 30 times its name.
constexpr std::array kHevcLevels = std::to_array<LevelLimit>({
    {30, 36864},
    {60, 122880},
    {63, 245760},
    {90, 552960},
    {93, 983040},
    {123, 2228224},
    {156, 8912896},
    {186, 35651584},
});
constexpr int kHevcUnknownLevel = 120;

template <size_t kCount>
int64_t LimitOf(const std::array<LevelLimit, kCount>& table, int level) {
  const auto row =
      std::ranges::find_if(table, [level](const LevelLimit& r) { return level <= r.level; });
  return row == table.end() ? table.back().limit : row->limit;
}

int H264Frames(int level, int64_t width, int64_t height) {
  const int64_t macroblocks = ((width + 15) / 16) * ((height + 15) / 16);
  const int64_t limit = LimitOf(kH264Levels, level > 0 ? level : kH264UnknownLevel);
  return static_cast<int>(
      std::clamp<int64_t>(limit / std::max<int64_t>(macroblocks, 1), 1, kMaxDpbFrames));
}

int HevcFrames(int level, int64_t width, int64_t height) {
  const int64_t limit = LimitOf(kHevcLevels, level > 0 ? level : kHevcUnknownLevel);
  const int64_t picture = width * height;
  constexpr int kFull = 6;
  if (picture <= limit / 4) return kMaxDpbFrames;
  if (picture <= limit / 2) return 2 * kFull;
  if (picture <= limit / 4 * 3) return 4 * kFull / 3;
  return kFull;
}

/// 8-bit planar frames are read in place; others are copied into planes of ours.
bool NeedsOwnPlanes(const AVPixFmtDescriptor* format) {
  if (format == nullptr) return true;
  const bool planar = (format->flags & AV_PIX_FMT_FLAG_PLANAR) != 0 || format->nb_components == 1;
  return !planar || (format->flags & AV_PIX_FMT_FLAG_RGB) != 0 || format->comp[0].depth != 8;
}

/// What is copied of one frame, for all requests.
struct OwnPlanes {
  int64_t bytes = 0;
  int64_t copies = 0;           // analysis sizes that the samples are copied for
  bool reads_in_place = false;  // a request reads the decoder's own samples
};

OwnPlanes OwnPlanesOf(FrameSize source, const std::vector<FrameRequest>& requests,
                      bool always_copied) {
  constexpr int64_t kComponents = 3;
  const auto bytes = [](FrameSize size) { return kComponents * size.width * size.height; };
  OwnPlanes own;
  std::vector<FrameSize> sizes;
  std::vector<FrameSize> small;
  const auto is_new = [](FrameSize size, std::vector<FrameSize>& known) {
    if (std::ranges::find(known, size) != known.end()) return false;
    known.push_back(size);
    return true;
  };
  for (const FrameRequest& request : requests) {
    const FrameSize analysis = FitSize(source, request.sampling);
    const bool copied = always_copied || analysis != PartSize(source, request.sampling);
    own.reads_in_place = own.reads_in_place || !copied;
    if (copied && is_new(analysis, sizes)) {
      own.bytes += bytes(analysis);
      ++own.copies;
    }
    if (request.thumbnail && is_new(*request.thumbnail, small))
      own.bytes += bytes(*request.thumbnail);
  }
  return own;
}

}  // namespace

int ReferenceFrames(AVCodecID codec, int level, int width, int height) {
  switch (codec) {
    case AV_CODEC_ID_H264:
      return H264Frames(level, width, height);
    case AV_CODEC_ID_HEVC:
      return HevcFrames(level, width, height);
    case AV_CODEC_ID_VP9:
    case AV_CODEC_ID_AV1:
      return 8;  // their reference slots
    default:
      return 3;  // VP8 has three, MPEG two, the others one or none
  }
}

int64_t EstimateDecodeBytes(const contracts::VideoInfo& info,
                            const std::vector<FrameRequest>& requests, int threads,
                            int frames_kept) {
  // FFmpeg pads frames to whole blocks, with an edge for motion vectors that point outside.
  constexpr int64_t kBlock = 64;
  constexpr int64_t kEdge = 64;
  // Demuxer index and buffers, codec tables, planes of a small analysis size. Measured at 320x180:
  // 3 MiB.
  constexpr int64_t kFixed = int64_t{8} << 20;
  // The frame that is decoded, the one given out, and the motion data of all.
  constexpr int64_t kBesideReferences = 3;
  // A frame thread's delay, its tables and its heap. Measured with H.264 at 720p and 1080p: 3.2
  // and 4.0 frames.
  constexpr int64_t kFramesPerThread = 4;
  const int64_t width = (std::max(info.width, 1) + kBlock - 1) / kBlock * kBlock + kEdge;
  const int64_t height = (std::max(info.height, 1) + kBlock - 1) / kBlock * kBlock + kEdge;
  const AVPixFmtDescriptor* format = av_pix_fmt_desc_get(av_get_pix_fmt(info.pixel_format.c_str()));
  // Padded, so that 10 bits count as 16. Unknown: 4:4:4 of 8 bits.
  constexpr int64_t kUnknownBits = 24;
  const int64_t bits =
      format == nullptr ? kUnknownBits : std::max(av_get_padded_bits_per_pixel(format), 8);
  const int64_t frame = width * height * bits / 8;
  const OwnPlanes own = OwnPlanesOf({.width = info.width, .height = info.height},
                                    requests.empty() ? std::vector<FrameRequest>(1) : requests,
                                    NeedsOwnPlanes(format));
  // A crop refers to the frame that it was cut out of until the next one comes.
  const bool crops = !requests.empty() && requests.front().sampling.crop;
  // Some formats are unpacked as a whole before they are cropped.
  const int64_t unpacked = crops ? own.copies * width * height * 3 : 0;
  const int64_t held = info.reference_frames + kBesideReferences + (crops ? 1 : 0) +
                       kFramesPerThread * std::max(0, threads - 1);
  const int64_t kept = own.bytes + (own.reads_in_place ? frame : 0);
  return kFixed + held * frame + own.bytes + unpacked + frames_kept * kept;
}

}  // namespace reelbatch::media
