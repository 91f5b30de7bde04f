#include "store/artifact_identity.h"

#include "base/json_text.h"
#include "contracts/run_config.h"
#include "store/crop_json.h"

namespace reelbatch::store {

using base::Json;

Json IdentityMeta(const ArtifactIdentity& identity) {
  const IdempotencyKey& key = identity.key;
  Json meta;
  meta["schema_version"] = key.schema_version;
  meta["producer"] = ProducerName();
  meta["producer_version"] = key.producer_version;
  meta["component"] = key.component;
  meta["platform_id"] = key.platform_id;
  meta["video_id"] = key.video_id;
  meta["run_id"] = identity.run_id;
  meta["config_hash"] = key.config_hash;
  meta["sampling_policy_version"] = key.sampling_policy_version;
  meta["loop_filter"] = contracts::LoopFilterName(identity.loop_filter_skipped);
  if (identity.crop) meta["crop"] = CropJson(*identity.crop);
  meta["source_sha256"] = key.content_sha256;
  meta["models_used"] = Json::array();
  meta["model_signature"] = key.model_signature;
  return meta;
}

}  // namespace reelbatch::store
