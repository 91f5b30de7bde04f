#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "media/av.h"

namespace reelbatch::media {

/// Tells at which packets of a stream a decoder can be entered so that it gives, from that picture
/// on, exactly the samples that it gives when it decodes from the beginning.
///
/// Note [Entries]: a container's mark of a keyframe is not enough. An entry is a packet with that
/// mark, and
///   - H.264: an IDR picture. What follows another kind of keyframe may refer to pictures before
///   it.
///   - HEVC: an IRAP picture. Only pictures that are shown before it may refer to what came
///   earlier.
///   - MPEG-1 and MPEG-2: a picture behind a sequence header; MPEG-4 Part 2: an I-VOP.
///   - VP8, VP9, AV1, codecs without prediction between pictures: the mark itself. Who decodes has
///     to check that the decoder calls the picture a keyframe, too.
/// Decoders keep what they have read in headers. Whoever enters must have decoded the first packet
/// of the stream before, and no packet after the first may bring headers that the first did not.
///
/// Threads: one caller at a time.
class RandomAccess {
 public:
  /// `parameters`: as the file was opened.
  explicit RandomAccess(const AVCodecParameters& parameters);

  /// The rules of this codec are known.
  bool known() const { return known_; }

  /// Every packet of the stream, from the first one on and in the order of the file. Answers
  /// whether it is an entry.
  bool Note(const AVPacket& packet);

  /// Headers have changed after the first packet.
  bool changed() const { return changed_; }

 private:
  using Bytes = std::span<const uint8_t>;

  bool IsEntry(Bytes bytes);
  bool NoteUnits(Bytes bytes);
  bool NoteMpeg(Bytes bytes);
  bool NoteMpeg4(Bytes bytes);
  bool NoteAv1(Bytes bytes);
  void NoteHeader(Bytes header);

  AVCodecID codec_;
  bool known_ = false;
  int size_bytes_ = 0;  // of the size before every NAL unit
  bool first_ = true;
  bool changed_ = false;
  std::vector<std::string> headers_;  // of the first packet
};

}  // namespace reelbatch::media
