#include "media/random_access.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace reelbatch::media {
namespace {

using Bytes = std::vector<uint8_t>;

/// A stream of this codec; `record`: its avcC or hvcC.
RandomAccess Of(AVCodecID codec, const Bytes& record = {}) {
  const AvCodecParameters parameters(avcodec_parameters_alloc());
  parameters->codec_id = codec;
  if (!record.empty()) {
    parameters->extradata =
        static_cast<uint8_t*>(av_mallocz(record.size() + AV_INPUT_BUFFER_PADDING_SIZE));
    std::memcpy(parameters->extradata, record.data(), record.size());
    parameters->extradata_size = static_cast<int>(record.size());
  }
  return RandomAccess(*parameters);
}

bool Note(RandomAccess& access, Bytes bytes, bool key = true) {
  const AvPacket packet(av_packet_alloc());
  packet->data = bytes.data();
  packet->size = static_cast<int>(bytes.size());
  packet->flags = key ? AV_PKT_FLAG_KEY : 0;
  return access.Note(*packet);
}

// Sizes of two bytes before every unit.
const Bytes kAvcRecord{1, 100, 0, 30, 0xFD, 0xE0, 0};
Bytes HevcRecord() {
  Bytes record(23, 0);
  record[0] = 1;
  record[21] = 1;
  return record;
}

TEST(RandomAccess, EntersH264AtIdrPicturesAlone) {
  RandomAccess access = Of(AV_CODEC_ID_H264, kAvcRecord);
  ASSERT_TRUE(access.known());
  EXPECT_TRUE(Note(access, {0, 2, 0x06, 5, 0, 2, 0x65, 1}));
  EXPECT_FALSE(Note(access, {0, 2, 0x06, 6, 0, 2, 0x41, 1}));  // a recovery point
  EXPECT_FALSE(Note(access, {0, 2, 0x65, 1}, false));          // not marked by the container
  EXPECT_FALSE(Note(access, {0, 200, 0x65, 1}));               // damaged
  EXPECT_FALSE(Note(access, {}));
  EXPECT_FALSE(access.changed());
}

TEST(RandomAccess, EntersHevcAtIrapPictures) {
  RandomAccess access = Of(AV_CODEC_ID_HEVC, HevcRecord());
  ASSERT_TRUE(access.known());
  for (const int type : {16, 19, 20, 21})
    EXPECT_TRUE(Note(access, {0, 2, static_cast<uint8_t>(type << 1), 1})) << type;
  for (const int type : {0, 1, 8, 15, 22, 39})
    EXPECT_FALSE(Note(access, {0, 2, static_cast<uint8_t>(type << 1), 1})) << type;
}

TEST(RandomAccess, NoticesHeadersThatChange) {
  const Bytes parameters{0, 2, 0x67, 1, 0, 2, 0x68, 1, 0, 1, 0x65};
  RandomAccess access = Of(AV_CODEC_ID_H264, kAvcRecord);
  EXPECT_TRUE(Note(access, parameters));
  EXPECT_TRUE(Note(access, parameters));
  EXPECT_FALSE(access.changed());
  Bytes others = parameters;
  others[7] = 2;
  Note(access, others);
  EXPECT_TRUE(access.changed());
  RandomAccess late = Of(AV_CODEC_ID_HEVC, HevcRecord());
  Note(late, {0, 2, 19 << 1, 1});
  Note(late, {0, 2, 34 << 1, 1, 0, 2, 1 << 1, 1}, false);
  EXPECT_TRUE(late.changed());
}

TEST(RandomAccess, NoticesWhatTheContainerSaysOfAChange) {
  RandomAccess access = Of(AV_CODEC_ID_VP9);
  const AvPacket packet(av_packet_alloc());
  ASSERT_NE(av_packet_new_side_data(packet.get(), AV_PKT_DATA_NEW_EXTRADATA, 4), nullptr);
  access.Note(*packet);
  EXPECT_TRUE(access.changed());
}

TEST(RandomAccess, EntersMpegBehindASequenceHeader) {
  const Bytes header{0, 0, 1, 0xB3, 7, 7, 0, 0, 1, 0xB5, 0x14};
  const Bytes picture{0, 0, 1, 0xB8, 1, 0, 0, 1, 0x00, 2, 0, 0, 1, 0xB5, 0x8F, 0, 0, 1, 0x01, 9};
  Bytes both = header;
  both.insert(both.end(), picture.begin(), picture.end());
  RandomAccess access = Of(AV_CODEC_ID_MPEG2VIDEO);
  EXPECT_TRUE(Note(access, both));
  EXPECT_FALSE(Note(access, picture));
  EXPECT_TRUE(Note(access, both));
  EXPECT_FALSE(access.changed());
  both[4] = 8;
  Note(access, both);
  EXPECT_TRUE(access.changed());
}

TEST(RandomAccess, EntersMpeg4AtIntraPictures) {
  RandomAccess access = Of(AV_CODEC_ID_MPEG4);
  EXPECT_TRUE(Note(access, {0, 0, 1, 0x20, 5, 0, 0, 1, 0xB3, 1, 0, 0, 1, 0xB6, 0x10}));
  EXPECT_FALSE(Note(access, {0, 0, 1, 0xB6, 0x50}));
  EXPECT_FALSE(Note(access, {0, 0, 1, 0xB6}));
  EXPECT_TRUE(Note(access, {0, 0, 1, 0xB3, 2, 0, 0, 1, 0xB6, 0x10}));
  EXPECT_FALSE(access.changed());
  Note(access, {0, 0, 1, 0x20, 6, 0, 0, 1, 0xB6, 0x10});
  EXPECT_TRUE(access.changed());
}

TEST(RandomAccess, ComparesTheSequenceHeadersOfAv1) {
  RandomAccess access = Of(AV_CODEC_ID_AV1);
  const Bytes first{0x12, 0, 0x0A, 2, 7, 7, 0x32, 1, 9};
  EXPECT_TRUE(Note(access, first));
  EXPECT_TRUE(Note(access, first));
  EXPECT_FALSE(Note(access, {0x0A, 0x80}));  // damaged
  EXPECT_FALSE(access.changed());
  Note(access, {0x0A, 2, 7, 8});
  EXPECT_TRUE(access.changed());
}

TEST(RandomAccess, KnowsWhatItDoesNotKnow) {
  EXPECT_FALSE(Of(AV_CODEC_ID_H264).known());  // start codes
  EXPECT_FALSE(Of(AV_CODEC_ID_FFV1).known());
  EXPECT_FALSE(Of(AV_CODEC_ID_WMV3).known());
  RandomAccess intra = Of(AV_CODEC_ID_PRORES);
  EXPECT_TRUE(intra.known());
  EXPECT_TRUE(Note(intra, {1, 2, 3}));
}

}  // namespace
}  // namespace reelbatch::media
