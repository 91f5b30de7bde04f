#include "media/random_access.h"

#include <algorithm>
#include <optional>

namespace reelbatch::media {
namespace {

using Bytes = std::span<const uint8_t>;

/// How many bytes before every NAL unit say its size, by the avcC or hvcC record; 0: there is no
/// such record.
int SizeBytes(const AVCodecParameters& parameters) {
  constexpr int kAvcAt = 4;
  constexpr int kHevcAt = 21;
  const int at = parameters.codec_id == AV_CODEC_ID_H264 ? kAvcAt : kHevcAt;
  if (parameters.extradata_size <= at || parameters.extradata[0] != 1) return 0;
  return (parameters.extradata[at] & 3) + 1;
}

bool HasOnlyWholePictures(AVCodecID codec) {
  const AVCodecDescriptor* const descriptor = avcodec_descriptor_get(codec);
  return descriptor != nullptr && (descriptor->props & AV_CODEC_PROP_INTRA_ONLY) != 0;
}

/// A piece of an MPEG stream that begins with a start code, up to the next one.
struct Section {
  uint8_t code = 0;
  Bytes bytes;  // with the start code
};

constexpr size_t kStartCodeBytes = 4;

/// Where the next start code begins; the end: there is none.
size_t FindStartCode(Bytes bytes, size_t from) {
  for (size_t i = from; i + kStartCodeBytes <= bytes.size(); ++i) {
    if (bytes[i] == 0 && bytes[i + 1] == 0 && bytes[i + 2] == 1) return i;
  }
  return bytes.size();
}

/// Takes the next section off `bytes`.
std::optional<Section> TakeSection(Bytes& bytes) {
  const size_t begin = FindStartCode(bytes, 0);
  if (begin == bytes.size()) return std::nullopt;
  const size_t end = FindStartCode(bytes, begin + kStartCodeBytes);
  Section section{.code = bytes[begin + 3], .bytes = bytes.subspan(begin, end - begin)};
  bytes = bytes.subspan(end);
  return section;
}

/// An unsigned number of 7 bits a byte, low ones first, taken off `bytes`.
std::optional<uint64_t> TakeLeb128(Bytes& bytes) {
  constexpr size_t kMostBytes = 8;
  uint64_t value = 0;
  for (size_t i = 0; i < std::min(kMostBytes, bytes.size()); ++i) {
    value |= uint64_t{bytes[i] & 0x7FU} << (7 * i);
    if ((bytes[i] & 0x80U) != 0) continue;
    bytes = bytes.subspan(i + 1);
    return value;
  }
  return std::nullopt;
}

}  // namespace

RandomAccess::RandomAccess(const AVCodecParameters& parameters) : codec_(parameters.codec_id) {
  switch (codec_) {
    case AV_CODEC_ID_H264:
    case AV_CODEC_ID_HEVC:
      size_bytes_ = SizeBytes(parameters);
      known_ = size_bytes_ > 0;
      break;
    case AV_CODEC_ID_MPEG1VIDEO:
    case AV_CODEC_ID_MPEG2VIDEO:
    case AV_CODEC_ID_MPEG4:
    case AV_CODEC_ID_VP8:
    case AV_CODEC_ID_VP9:
    case AV_CODEC_ID_AV1:
      known_ = true;
      break;
    default:
      known_ = HasOnlyWholePictures(codec_);
  }
}

bool RandomAccess::Note(const AVPacket& packet) {
  for (const AVPacketSideDataType type :
       {AV_PKT_DATA_NEW_EXTRADATA, AV_PKT_DATA_PARAM_CHANGE, AV_PKT_DATA_PALETTE}) {
    changed_ = changed_ || av_packet_get_side_data(&packet, type, nullptr) != nullptr;
  }
  const bool entry = IsEntry({packet.data, static_cast<size_t>(packet.size)});
  first_ = false;
  return known_ && entry && (packet.flags & AV_PKT_FLAG_KEY) != 0;
}

bool RandomAccess::IsEntry(Bytes bytes) {
  switch (codec_) {
    case AV_CODEC_ID_H264:
    case AV_CODEC_ID_HEVC:
      return NoteUnits(bytes);
    case AV_CODEC_ID_MPEG1VIDEO:
    case AV_CODEC_ID_MPEG2VIDEO:
      return NoteMpeg(bytes);
    case AV_CODEC_ID_MPEG4:
      return NoteMpeg4(bytes);
    case AV_CODEC_ID_AV1:
      return NoteAv1(bytes);
    default:
      return true;
  }
}

bool RandomAccess::NoteUnits(Bytes bytes) {
  constexpr int kAvcIdr = 5;
  constexpr int kAvcSequence = 7;
  constexpr int kAvcPicture = 8;
  constexpr int kHevcFirstIrap = 16;
  constexpr int kHevcLastIrap = 21;
  constexpr int kHevcVideo = 32;
  constexpr int kHevcPicture = 34;
  const auto size_bytes = static_cast<size_t>(size_bytes_);
  bool entry = false;
  while (bytes.size() > size_bytes) {
    size_t size = 0;
    for (const uint8_t byte : bytes.first(size_bytes)) size = size << 8U | byte;
    bytes = bytes.subspan(size_bytes);
    if (size > bytes.size()) return false;  // damaged
    const Bytes unit = bytes.first(size);
    bytes = bytes.subspan(size);
    if (unit.empty()) continue;
    if (codec_ == AV_CODEC_ID_H264) {
      const int type = unit[0] & 0x1F;
      entry = entry || type == kAvcIdr;
      if (type == kAvcSequence || type == kAvcPicture) NoteHeader(unit);
    } else {
      const int type = unit[0] >> 1 & 0x3F;
      entry = entry || (type >= kHevcFirstIrap && type <= kHevcLastIrap);
      if (type >= kHevcVideo && type <= kHevcPicture) NoteHeader(unit);
    }
  }
  return entry;
}

bool RandomAccess::NoteMpeg(Bytes bytes) {
  constexpr uint8_t kPicture = 0x00;
  constexpr uint8_t kSequence = 0xB3;
  constexpr uint8_t kExtension = 0xB5;
  bool entry = false;
  while (const auto section = TakeSection(bytes)) {
    if (section->code == kPicture) break;
    entry = entry || section->code == kSequence;
    if (section->code == kSequence || section->code == kExtension) NoteHeader(section->bytes);
  }
  return entry;
}

bool RandomAccess::NoteMpeg4(Bytes bytes) {
  constexpr uint8_t kGroup = 0xB3;
  constexpr uint8_t kPicture = 0xB6;
  while (const auto section = TakeSection(bytes)) {
    if (section->code == kPicture) {
      // The two highest bits: 0 for an I-VOP.
      return section->bytes.size() > kStartCodeBytes && section->bytes[kStartCodeBytes] >> 6 == 0;
    }
    if (section->code != kGroup) NoteHeader(section->bytes);
  }
  return false;
}

bool RandomAccess::NoteAv1(Bytes bytes) {
  constexpr int kSequence = 1;
  while (!bytes.empty()) {
    const int type = bytes[0] >> 3 & 0xF;
    const bool extended = (bytes[0] & 4U) != 0;
    const bool sized = (bytes[0] & 2U) != 0;
    bytes = bytes.subspan(std::min<size_t>(extended ? 2 : 1, bytes.size()));
    const auto size = sized ? TakeLeb128(bytes) : bytes.size();
    if (!size || *size > bytes.size()) return false;  // damaged
    if (type == kSequence) NoteHeader(bytes.first(*size));
    bytes = bytes.subspan(*size);
  }
  return true;
}

void RandomAccess::NoteHeader(Bytes header) {
  std::string bytes(header.begin(), header.end());
  if (first_) {
    headers_.push_back(std::move(bytes));
  } else if (std::ranges::find(headers_, bytes) == headers_.end()) {
    changed_ = true;
  }
}

}  // namespace reelbatch::media
