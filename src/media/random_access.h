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
/// Note [Entries]: it is not enough that the container marks a packet as a keyframe. An entry is a
/// packet that has this mark and that holds, by codec:
///   - H.264: an IDR picture. After other keyframes, a picture may refer to pictures before them.
///   - HEVC: an IRAP picture. Only pictures that are shown before it may refer to earlier ones.
///   - MPEG-1 and MPEG-2: a picture after a sequence header. MPEG-4 Part 2: an I-VOP.
///   - VP8, VP9, AV1, and codecs that code every picture by itself: any picture. The caller must
///     check that the decoder, too, calls the picture a keyframe.
/// Decoders remember the headers that they have read. Before decoding begins at an entry, the
/// decoder must have had the first packet of the stream, and no later packet may have other headers
/// than the first one.
///
/// Threads: one caller at a time.
class RandomAccess {
 public:
  /// `parameters`: those of the stream when the file was opened.
  explicit RandomAccess(const AVCodecParameters& parameters);

  /// Whether the rules of this codec are known.
  bool known() const { return known_; }

  /// Looks at a packet and returns whether it is an entry. Call it for every packet of the stream,
  /// in the order of the file.
  bool Note(const AVPacket& packet);

  /// Whether a packet after the first one had other headers.
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
