/**
 * Which of three.js's exported classes descend from the classes whose methods the engine calls by itself. Needed where three is known by name
 * only (no source loaded): `class Reef extends Mesh` is an Object3D. A test compares the lists with the installed three.
 */

const DESCENDANTS: Readonly<Record<string, string>> = {
  Object3D:
    "AmbientLight ArrayCamera ArrowHelper Audio AudioListener AxesHelper BatchedMesh Bone Box3Helper BoxHelper BundleGroup Camera CameraHelper " +
    "ClippingGroup CubeCamera DirectionalLight DirectionalLightHelper GridHelper Group HemisphereLight HemisphereLightHelper IESSpotLight InstancedMesh LOD " +
    "Light LightProbe Line LineLoop LineSegments Mesh OrthographicCamera PerspectiveCamera PlaneHelper PointLight PointLightHelper Points PolarGridHelper " +
    "PositionalAudio ProjectorLight QuadMesh RectAreaLight Scene SkeletonHelper SkinnedMesh SpotLight SpotLightHelper Sprite",
  Material:
    "Line2NodeMaterial LineBasicMaterial LineBasicNodeMaterial LineDashedMaterial LineDashedNodeMaterial MeshBasicMaterial MeshBasicNodeMaterial MeshDepthMaterial " +
    "MeshDistanceMaterial MeshLambertMaterial MeshLambertNodeMaterial MeshMatcapMaterial MeshMatcapNodeMaterial MeshNormalMaterial MeshNormalNodeMaterial " +
    "MeshPhongMaterial MeshPhongNodeMaterial MeshPhysicalMaterial MeshPhysicalNodeMaterial MeshSSSNodeMaterial MeshStandardMaterial MeshStandardNodeMaterial " +
    "MeshToonMaterial MeshToonNodeMaterial NodeMaterial PointsMaterial PointsNodeMaterial RawShaderMaterial ShaderMaterial ShadowMaterial ShadowNodeMaterial " +
    "SpriteMaterial SpriteNodeMaterial VolumeNodeMaterial",
  Node:
    "AONode AmbientLightNode AnalyticLightNode ArrayElementNode BufferAttributeNode BufferNode ClippingNode ComputeNode CubeMapNode CubeTextureNode DirectionalLightNode " +
    "EnvironmentNode HemisphereLightNode IESSpotLightNode LightProbeNode LightingContextNode LightingNode LightsNode MRTNode MaterialReferenceNode ModelNode NormalMapNode " +
    "Object3DNode PMREMNode ParameterNode PassMultipleTextureNode PassNode PassTextureNode PointLightNode PointShadowNode ProjectorLightNode RTTNode RectAreaLightNode " +
    "ReferenceBaseNode ReferenceNode ReflectorBaseNode ReflectorNode RenderOutputNode RendererReferenceNode ScreenNode ShadowBaseNode ShadowNode SpotLightNode " +
    "StorageBufferNode StorageTextureNode TempNode Texture3DNode TextureNode ToonOutlinePassNode UniformArrayNode UniformNode UserDataNode VelocityNode " +
    "ViewportDepthNode ViewportDepthTextureNode ViewportSharedTextureNode ViewportTextureNode",
  LightShadow: "DirectionalLightShadow PointLightShadow SpotLightShadow",
  Interpolant: "BezierInterpolant CubicInterpolant DiscreteInterpolant LinearInterpolant QuaternionLinearInterpolant",
  Texture:
    "CanvasTexture CompressedArrayTexture CompressedCubeTexture CompressedTexture CubeDepthTexture CubeTexture Data3DTexture DataArrayTexture DataTexture DepthTexture " +
    "ExternalTexture FramebufferTexture Storage3DTexture StorageArrayTexture StorageTexture VideoFrameTexture VideoTexture",
};

const BASE_OF: ReadonlyMap<string, string> = new Map(
  Object.entries(DESCENDANTS).flatMap(([base, names]) => [[base, base] as const, ...names.split(" ").map((name) => [name, base] as const)]),
);

/** The base of the six above that a class of three extends (itself included); undefined for any other name. */
export function threeBase(name: string): string | undefined {
  return BASE_OF.get(name);
}

/** Every class listed, with its base: for the test that compares them with three's own source. */
export function threeClasses(): ReadonlyMap<string, string> {
  return BASE_OF;
}
